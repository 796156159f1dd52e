using ReferralPortal.Domain;

namespace ReferralPortal.Web.Platform;

/// <summary>
/// A message to the background worker, written in the transaction of the command that it follows from, so that it exists exactly when
/// the change does. Kinds are the message types' names; messages hold ids, never a name or a diagnosis.
/// </summary>
sealed record OutboxRow(string Kind, Guid? ReferralId, string Payload, DateTimeOffset? AvailableAt)
{
    internal static OutboxRow Of<TMessage>(TMessage message, Guid? referralId, DateTimeOffset? notBefore) where TMessage : notnull =>
        new(EnumText.SnakeCase(typeof(TMessage).Name), referralId, PortalJson.Text(message), notBefore);

    internal const string InsertMany = """
        insert into outbox_message (kind, referral_id, payload, available_at)
        select kind, referral_id, payload::jsonb, coalesce(available_at, now())
        from unnest(@kinds, @referralIds, @payloads, @availableAts::timestamptz[]) row (kind, referral_id, payload, available_at)
        """;

    internal static object Arrays(List<OutboxRow> rows) => new
    {
        kinds = rows.Select(row => row.Kind).ToArray(),
        referralIds = rows.Select(row => row.ReferralId).ToArray(),
        payloads = rows.Select(row => row.Payload).ToArray(),
        availableAts = rows.Select(row => row.AvailableAt?.UtcDateTime).ToArray(),
    };
}
