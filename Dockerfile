# One image an app: docker build --build-arg APP=orders -t watchword/orders .
# APP is declared where it is used: what stands before it is built once for all four.
ARG NODE=node:22-bookworm-slim

FROM ${NODE} AS manifests
WORKDIR /src
COPY package.json package-lock.json ./
COPY libs/auth/package.json libs/auth/package.json
COPY libs/platform/package.json libs/platform/package.json
COPY apps/auth/package.json apps/auth/package.json
COPY apps/catalog/package.json apps/catalog/package.json
COPY apps/orders/package.json apps/orders/package.json
COPY apps/inventory/package.json apps/inventory/package.json

FROM manifests AS build
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY nest-cli.json rspack.config.js tsconfig.json ./
COPY libs libs
COPY apps apps
ARG APP
RUN test -n "${APP}" || { echo "Say which app: --build-arg APP=auth|catalog|orders|inventory" >&2; exit 1; }
RUN npx nest build "${APP}"

FROM manifests AS dependencies
ARG APP
# What this app imports, and no other: catalog's image has no argon2.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund --workspace "apps/${APP}"

FROM ${NODE}
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 DATA_DIR=/data
WORKDIR /app
# The embedded database's place, for who runs without DATABASE_URL.
RUN mkdir /data && chown node:node /data
COPY package.json ./
COPY --from=dependencies /src/node_modules node_modules
ARG APP
LABEL org.opencontainers.image.title="watchword/${APP}" org.opencontainers.image.licenses="MIT"
COPY --from=build /src/dist/apps/${APP} dist
USER node
VOLUME /data
EXPOSE 3000 4003
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s --retries=6 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/ready`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# A thread for each core that may hash a password, and four for everything else; libuv reads it before any line of the app runs.
# exec: nothing is in between, the process gets the signals itself.
CMD ["sh", "-c", "UV_THREADPOOL_SIZE=${UV_THREADPOOL_SIZE:-$(($(nproc) + 3))} exec node --enable-source-maps dist/main.js"]
