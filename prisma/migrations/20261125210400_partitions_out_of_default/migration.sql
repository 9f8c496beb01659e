-- By hand ---------------------------------------------------------------------------------------------------------

-- Makes the monthly partitions of the high-volume tables, from the month of an instant to some months later. Postgres makes
-- no partition for what the default one holds already; so a table is built apart, takes its month's rows out of the default
-- partition, and is then attached.
create or replace function envoi_ensure_partitions(instant timestamptz, months integer) returns integer
language plpgsql as $$
declare
  parent text;
  month_start timestamp;
  partition text;
  lowest uuid;
  next_lowest uuid;
  made integer := 0;
begin
  -- one at a time: processes that start together all ask
  perform pg_advisory_xact_lock(hashtext('envoi_ensure_partitions'));
  foreach parent in array array['message', 'event', 'audit_event'] loop
    for ahead in 0..months loop
      month_start := date_trunc('month', instant at time zone 'UTC') + make_interval(months => ahead);
      partition := parent || to_char(month_start, '_YYYY_MM');
      if to_regclass(partition) is null then
        lowest := envoi_uuid_floor(month_start at time zone 'UTC');
        next_lowest := envoi_uuid_floor((month_start + interval '1 month') at time zone 'UTC');
        -- no row of the month comes in between the move and the attachment; rows of other months are written meanwhile
        execute format('lock table %I in access exclusive mode', parent || '_default');
        execute format('create table %I (like %I including defaults including constraints)', partition, parent);
        execute format(
          'with moved as (delete from %I where id >= %L and id < %L returning *) insert into %I select * from moved',
          parent || '_default', lowest, next_lowest, partition
        );
        execute format(
          'alter table %I attach partition %I for values from (%L) to (%L)', parent, partition, lowest, next_lowest
        );
        made := made + 1;
      end if;
    end loop;
  end loop;
  return made;
end
$$;
