-- one row an event with the channel it carried itself (the only place where a channel is made)
CREATE OR REPLACE VIEW wxlive_store.event_channels
AS
WITH
    (
        SELECT
            (
                arrayConcat([''], groupArray(code)),
                arrayConcat([''], groupArray(utm_source)),
                arrayConcat([''], groupArray(utm_medium)),
                arrayConcat([''], groupArray(utm_campaign)),
                arrayConcat([''], groupArray(utm_content)),
                arrayConcat([''], groupArray(utm_term))
            )
        FROM wxlive_store.links_store FINAL
    ) AS registry,
    -- Row of the registry a code names: 1 (the empty row) when it is not registered.
    transform(toString(chan_id), registry.1, arrayEnumerate(registry.1), 1) AS chan_row,
    transform(toString(link_code), registry.1, arrayEnumerate(registry.1), 1) AS code_row,
    utm_source != '' OR utm_medium != '' OR utm_campaign != '' OR utm_content != '' OR utm_term != '' AS has_utm,
    multiIf(has_utm, 1, chan_id != '', chan_row, code_row) AS utm_row,
    concat(registry.2[utm_row], registry.3[utm_row], registry.4[utm_row], registry.5[utm_row], registry.6[utm_row]) != '' AS row_has_utm,
    if(has_utm, toString(utm_source), registry.2[utm_row]) AS source,
    has_utm OR chan_id != '' OR link_code != '' OR scene IS NOT NULL OR referrer_host != '' AS evidence,
    multiIf(
        has_utm OR row_has_utm, if(source = '', '(not set)', source),
        chan_id != '' AND chan_row = 1, toString(chan_id),
        scene IS NOT NULL, transform(assumeNotNull(scene), {{scene_codes}}, {{scene_channels}}, 'unknown'),
        referrer_host != '', if(referrer_group != '', toString(referrer_group), toString(referrer_host)),
        'direct'
    ) AS plain_channel
SELECT
    * EXCEPT (utm_source, utm_medium, utm_campaign, utm_content, utm_term, link_code),
    evidence AS has_evidence,
    has_utm OR chan_id != '' OR link_code != '' AS has_query_evidence,
    transform(plain_channel, {{channel_group_from}}, {{channel_group_to}}, plain_channel) AS resolved_channel,
    source AS resolved_utm_source,
    if(has_utm, toString(utm_medium), registry.3[utm_row]) AS resolved_utm_medium,
    if(has_utm, toString(utm_campaign), registry.4[utm_row]) AS resolved_utm_campaign,
    if(has_utm, toString(utm_content), registry.5[utm_row]) AS resolved_utm_content,
    if(has_utm, toString(utm_term), registry.6[utm_row]) AS resolved_utm_term,
    if(link_code = '' AND chan_row > 1, toString(chan_id), toString(link_code)) AS resolved_link_code,
    cityHash64(utm_source, utm_medium, utm_campaign, utm_content, utm_term, chan_id, link_code, ifNull(toInt64(scene), -1), referrer_host) AS evidence_key,
    -- Equal for all whose resolved columns are equal because what they come from is.
    cityHash64(evidence_key, referrer_group) AS channel_key
FROM wxlive_store.event_rows
