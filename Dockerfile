# One image for API, worker and migrations: `arrears api`, `arrears worker`.
FROM python:3.13-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PYTHONUTF8=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app

# The lock first: the layer is kept until a dependency changes.
COPY requirements.lock ./
RUN pip install --no-cache-dir --require-hashes --only-binary :all: -r requirements.lock

COPY . .
RUN pip install --no-cache-dir --no-deps --no-build-isolation --editable . \
    && useradd --system --uid 10001 --no-create-home arrears \
    && install -d -o arrears -g arrears var

USER arrears
VOLUME /app/var
EXPOSE 8000
ENTRYPOINT ["arrears"]
CMD ["api"]
