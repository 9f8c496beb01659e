-- by hand: Prisma's schema language has no index on an expression
-- preflights ask whether any account allows an origin, and anybody can send them
create index account_origin_idx on account using gin ((security -> 'allowedOrigins'));
