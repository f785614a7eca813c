-- Business time: real time, and the offset that time travel has made where the connection's settings
-- allow it (ALLOW_TIME_TRAVEL). Whoever writes the clock's row moves nobody else.
CREATE FUNCTION app_now() RETURNS timestamptz LANGUAGE sql STABLE
RETURN CASE WHEN current_setting('wenqi.time_travel', true) = 'on'
    THEN now() + (SELECT offset_seconds FROM clock WHERE id = 1) * interval '1 second'
    ELSE now() END;
