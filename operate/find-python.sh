#!/bin/sh
# Prints the name of a Python >= 3.11 that can make environments, or says what is missing.
found=
for name in ${PYTHON:-} python3.13 python3.12 python3.11 python3 python; do
    # Running it is the test: a launcher of that name may exist without the version behind it.
    "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 || continue
    found=$name
    "$name" -c 'import ensurepip, venv' >/dev/null 2>&1 && { echo "$name"; exit 0; }
done
if [ -n "$found" ]; then
    echo "$found is here but cannot make environments. On Debian or Ubuntu: apt install python3-venv" >&2
else
    echo "arrears needs Python 3.11 or later. Install it, or name it: make PYTHON=/path/to/python3.12" >&2
fi
exit 1
