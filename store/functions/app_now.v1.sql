-- Business time: real time and the offset that time travel has made.
CREATE FUNCTION app_now() RETURNS timestamptz LANGUAGE sql STABLE
RETURN now() + (SELECT offset_seconds FROM clock WHERE id = 1) * interval '1 second';
