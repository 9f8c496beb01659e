-- CreateTable
CREATE TABLE "request_count" (
    "key" BYTEA NOT NULL,
    "count" INTEGER NOT NULL,
    "ends_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "request_count_pkey" PRIMARY KEY ("key")
);

-- CreateIndex
CREATE INDEX "request_count_ends_at_idx" ON "request_count"("ends_at");

-- by hand: counts of a minute are worth no write to the log of the database, and rows are updated in place (no index on what changes
-- within a window, room on each page)
ALTER TABLE "request_count" SET UNLOGGED;
ALTER TABLE "request_count" SET (fillfactor = 50);
