-- Who approved a campaign, and when; since when a contact has its email.

-- AlterTable
ALTER TABLE "campaign" ADD COLUMN     "approved_at" TIMESTAMPTZ(3),
ADD COLUMN     "approved_by_id" UUID,
ADD COLUMN     "approved_by_type" TEXT;

-- AlterTable
ALTER TABLE "contact" ADD COLUMN     "email_changed_at" TIMESTAMPTZ(3);
