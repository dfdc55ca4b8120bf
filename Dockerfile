# Fogbell with the server programs of one database beside it, for places without a Docker engine: Kubernetes, CI runners.
# Needs no privileges; runs with a read-only root and a scratch folder of limited size:
#
#   docker build --build-arg BASE=postgres:17-bookworm -t fogbell .
#   docker run --read-only --cap-drop ALL --network none --tmpfs /scratch:exec,size=2g,uid=10001,gid=10001 \
#     -v /var/backups:/backups:ro -v results:/results fogbell verify --store /backups --sandbox local --trust-backups --out /results
#
# BASE is any image on Debian with the server programs (PostgreSQL, MariaDB) that your backups need.
ARG NODE=node:24-bookworm-slim
ARG BASE=postgres:17-bookworm

FROM ${NODE} AS build
WORKDIR /src
COPY . .
# A prepared context (the installed package with its dependencies) is taken as it is: for machines that reach no registry.
RUN if [ ! -d dist ] || [ ! -d node_modules ]; then npm ci && npm prune --omit=dev --ignore-scripts; fi \
  && mkdir -p /opt/fogbell/bin \
  && cp -R bin dist scenarios reports runbooks package.json oclif.manifest.json LICENSE node_modules /opt/fogbell/ \
  && cp "$(command -v node)" /opt/fogbell/bin/node

FROM ${BASE}
USER root
RUN (getent group 10001 >/dev/null || groupadd --gid 10001 fogbell) \
  && (getent passwd 10001 >/dev/null || useradd --uid 10001 --gid 10001 --no-create-home --home-dir /scratch fogbell) \
  && mkdir -p /scratch /results /work && chown 10001:10001 /scratch /results /work
COPY --from=build /opt/fogbell /opt/fogbell
ENV PATH=/opt/fogbell/bin:$PATH \
  HOME=/scratch \
  TMPDIR=/scratch \
  XDG_CACHE_HOME=/scratch/.cache \
  NODE_COMPILE_CACHE=/scratch/.node
USER 10001:10001
WORKDIR /work
ENTRYPOINT ["/opt/fogbell/bin/node", "/opt/fogbell/bin/run.js"]
CMD ["--help"]
