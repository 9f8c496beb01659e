# One image for the API, the workers and the migrations; docker-compose.yml shows the three commands.

FROM node:24-bookworm-slim AS manifests
WORKDIR /app
# Envoi uses no native engine of Prisma's: naming any existing file stops their download
ENV PRISMA_SCHEMA_ENGINE_BINARY=/usr/local/bin/node
COPY package.json package-lock.json .npmrc ./
COPY openapi/package.json openapi/
COPY prisma/package.json prisma/
COPY core/package.json core/
COPY api/package.json api/
COPY workers/package.json workers/
COPY sdk/package.json sdk/
COPY supervisor/package.json supervisor/
COPY test/package.json test/

FROM manifests AS build
RUN npm ci
COPY . .
RUN node scripts/prepare.mjs

FROM manifests AS dependencies
RUN npm ci --omit=dev --workspace=@envoi/api --workspace=@envoi/workers

FROM node:24-bookworm-slim
WORKDIR /app
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8080 ENVOI_DATA_DIR=/var/lib/envoi
COPY --from=dependencies /app ./
COPY --from=build /app/openapi/dist openapi/dist
COPY --from=build /app/prisma/dist prisma/dist
COPY --from=build /app/prisma/schema prisma/schema
COPY --from=build /app/prisma/migrations prisma/migrations
COPY --from=build /app/core/dist core/dist
COPY --from=build /app/api/dist api/dist
COPY --from=build /app/workers/dist workers/dist
RUN install -d -o node -g node -m 0700 /var/lib/envoi
USER node
VOLUME /var/lib/envoi
EXPOSE 8080
CMD ["node", "api/dist/main.js"]
