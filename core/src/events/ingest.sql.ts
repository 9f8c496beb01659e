/** The statements of `ingestEvents`. */

/**
 * Takes the oldest events that can be judged. A click waits until its burst is over, so that those who follow every link at
 * once are seen as such.
 */
export const takeEvents = {
  name: 'take-events',
  text: `
    select inbox.account_id, inbox.id, inbox.type, inbox.contact_id, inbox.message_id, inbox.campaign_id, inbox.link,
           inbox.hints, inbox.occurred_at, message.sent_at,
           coalesce(message.sent_at, message.state_at) as left_at
    from event_inbox inbox
    left join message on message.account_id = inbox.account_id and message.id = inbox.message_id
    where inbox.type <> 'message.clicked' or inbox.message_id is null or inbox.occurred_at <= $1
    order by inbox.id
    limit $2
    for update of inbox skip locked`,
}

/**
 * How many different links of its message were clicked within so many milliseconds of each click. The others may be of this
 * batch, wait for their own time, be in the hands of another worker, or have been judged already: each is in the inbox or
 * among the events, which this one statement sees as of one instant. The inbox is short, and read once for the batch.
 */
export const countLinks = {
  name: 'count-links',
  text: `
    with given as materialized (
      select account_id, id, contact_id, message_id, occurred_at - $6 * interval '1 millisecond' as since,
             occurred_at + $6 * interval '1 millisecond' as until
      from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::timestamptz[])
        as given (account_id, id, contact_id, message_id, occurred_at)
    ), near as (
      select given.id, clicked.link
      from given
      join event_inbox clicked on clicked.account_id = given.account_id and clicked.message_id = given.message_id
      where clicked.type = 'message.clicked' and clicked.occurred_at between given.since and given.until
      union
      select given.id, clicked.link
      from given
      join event clicked on clicked.account_id = given.account_id and clicked.contact_id = given.contact_id
      -- ids of events carry the time, so older partitions are not looked at
      where clicked.id >= $7::uuid and clicked.message_id = given.message_id and clicked.type = 'message.clicked'
        and clicked.occurred_at between given.since and given.until
    )
    select id, count(*)::integer as links from near group by id`,
}

/**
 * Moves judged events from the inbox to their table and rolls what people did up on their contact, in one statement. An
 * event whose contact has been erased, has withdrawn or is restricted in the meantime is dropped with its inbox row; one whose
 * contact objects to profiling by now is kept without saying whose it is. From a message to an address that the contact has left, it is
 * somebody else's, and dropped.
 */
export const moveEvents = {
  name: 'move-events',
  text: `
    with judged as (
      select *
      from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::timestamptz[])
        as judged (account_id, id, source, reasons, left_at)
    ), taken as (
      delete from event_inbox inbox
      using judged
      where inbox.account_id = judged.account_id and inbox.id = judged.id
      returning inbox.*, judged.left_at, judged.source::event_source as source, string_to_array(judged.reasons, ',') as reasons
    ), consenting as (
      -- locked against an erasure, which deletes the contact first and then its events: none may be added in between
      select account_id, id, email_changed_at, not 'profiling' = any(objections) as is_known
      from contact
      where (account_id, id) in (select account_id, contact_id from taken)
        and tracking = 'granted' and restricted_at is null
      for key share
    ), kept as (
      select taken.account_id, taken.id, taken.type, taken.campaign_id, taken.link, taken.source, taken.reasons,
             taken.occurred_at, case when consenting.is_known then taken.contact_id end as contact_id,
             case when consenting.is_known then taken.message_id end as message_id
      from taken
      left join consenting on consenting.account_id = taken.account_id and consenting.id = taken.contact_id
      where taken.contact_id is null
        or consenting.id is not null and (taken.left_at >= consenting.email_changed_at) is not false
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
