-- WQ, the day of receipt, a number of at least seven digits, and the check character of ISO 7064
-- MOD 37-36 over all of it. Here, so that accepting is one statement and the day is the database's.
CREATE FUNCTION receipt_for(number bigint, day date) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT AS $$
DECLARE
    alphabet constant text := '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
    stem text := to_char(day, 'YYMMDD');
    digits text := lpad(number::text, greatest(7, length(number::text)), '0');
    carry int := 18;
    letter text;
BEGIN
    FOREACH letter IN ARRAY string_to_array('WQ' || stem || digits, NULL) LOOP
        carry := (CASE carry WHEN 0 THEN 36 ELSE carry END * 2 % 37
                  + strpos(alphabet, letter) - 1) % 36;
    END LOOP;
    carry := (37 - CASE carry WHEN 0 THEN 36 ELSE carry END * 2 % 37) % 36;
    RETURN 'WQ' || stem || '-' || digits || '-' || substr(alphabet, carry + 1, 1);
END $$;
