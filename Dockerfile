# One image for every service: what requirements.lock names, hash by hash, and the checkout itself.
FROM python:3.11-slim

RUN apt-get update \
    && apt-get install -y --no-install-recommends postgresql-client tini \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 1000 gtm \
    && install -d -o gtm -g gtm /data

WORKDIR /srv/gtm
COPY requirements.lock ./
RUN pip install --no-cache-dir --no-deps --require-hashes -r requirements.lock

COPY . .
RUN pip install --no-cache-dir --no-deps --no-build-isolation --editable .

USER gtm
ENV GTM_HOME=/data \
    DAGSTER_HOME=/data/dagster \
    DAGSTER_DISABLE_TELEMETRY=yes \
    PYTHONUNBUFFERED=1
VOLUME /data
EXPOSE 8501 3000 8502
ENTRYPOINT ["tini", "--"]
CMD ["gtm", "up", "--no-open"]
