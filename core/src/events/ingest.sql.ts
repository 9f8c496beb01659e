/** The statements of `ingestEvents`. */

/**
 * Takes the oldest events that can be judged. A click waits until its burst is over, so that those who follow every link at
 * once are seen as such; a batch holds whole bursts but for its last instant.
 */
export const takeEvents = {
  name: 'take-events',
  text: `
    select inbox.account_id, inbox.id, inbox.type, inbox.contact_id, inbox.message_id, inbox.campaign_id, inbox.link,
           inbox.hints, inbox.occurred_at, message.sent_at
    from event_inbox inbox
    left join message on message.account_id = inbox.account_id and message.id = inbox.message_id
    where inbox.type <> 'message.clicked' or inbox.message_id is null or inbox.occurred_at <= $1
    order by inbox.id
    limit $2
    for update of inbox skip locked`,
}

/**
 * Moves judged events from the inbox to their table and rolls what people did up on their contact, in one statement. An
 * event whose contact has been erased, or has withdrawn, in the meantime is dropped with its inbox row.
 */
export const moveEvents = {
  name: 'move-events',
  text: `
    with judged as (
      select *
      from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[]) as judged (account_id, id, source, reasons)
    ), taken as (
      delete from event_inbox inbox
      using judged
      where inbox.account_id = judged.account_id and inbox.id = judged.id
      returning inbox.*, judged.source::event_source as source, string_to_array(judged.reasons, ',') as reasons
    ), consenting as (
      -- locked against an erasure, which deletes the contact first and then its events: none may be added in between
      select account_id, id
      from contact
      where (account_id, id) in (select account_id, contact_id from taken) and tracking = 'granted'
      for key share
    ), kept as (
      select *
      from taken
      where contact_id is null or (account_id, contact_id) in (select account_id, id from consenting)
    ), moved as (
      insert into event (account_id, id, type, contact_id, message_id, campaign_id, link, source, reasons, occurred_at)
      select account_id, id, type, contact_id, message_id, campaign_id, link, source, reasons, occurred_at
      from kept
    )
    update contact
    set last_opened_at = greatest(contact.last_opened_at, done.opened_at),
        last_clicked_at = greatest(contact.last_clicked_at, done.clicked_at),
        -- the retention of a prospect counts from what the person did: a click, never an open
        last_engaged_at = greatest(contact.last_engaged_at, done.clicked_at)
    from (
      select account_id, contact_id,
             max(occurred_at) filter (where type = 'message.opened') as opened_at,
             max(occurred_at) filter (where type = 'message.clicked') as clicked_at
      from kept
      where source = 'human' and contact_id is not null
      group by account_id, contact_id
    ) done
    where contact.account_id = done.account_id and contact.id = done.contact_id`,
}
