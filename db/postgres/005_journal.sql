-- What else the journal knows of a content and of a message, so that a journal can be made from these tables again
-- (`store copy --from postgres --to local`). flags: bits of src/journal/flags.h. NULL: written by an earlier program.

ALTER TABLE telegram_gateway.messages ADD COLUMN flags bigint;
ALTER TABLE telegram_gateway.message_versions ADD COLUMN flags bigint, ADD COLUMN hash bigint;
