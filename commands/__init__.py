"""The sub-commands of `arrears`, one small file each."""
