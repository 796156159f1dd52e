using ReferralPortal.Domain;

namespace ReferralPortal.Web.Platform;

/// <summary>
/// A message to the background worker, written in the transaction of the command that it follows from, so that it exists exactly when
/// the change does. Kinds are the message types' names; messages hold ids, never a name or a diagnosis.
/// </summary>
sealed record OutboxRow(string Kind, Guid? ReferralId, string Payload)
{
    internal static OutboxRow Of<TMessage>(TMessage message, Guid? referralId) where TMessage : notnull =>
        new(EnumText.SnakeCase(typeof(TMessage).Name), referralId, PortalJson.Text(message));

    internal const string Insert = "insert into outbox_message (kind, referral_id, payload) values (@Kind, @ReferralId, @Payload::jsonb)";

    internal const string InsertMany = """
        insert into outbox_message (kind, referral_id, payload)
        select kind, referral_id, payload::jsonb from unnest(@kinds, @referralIds, @payloads) row (kind, referral_id, payload)
        """;

    internal static object Arrays(List<OutboxRow> rows) => new
    {
        kinds = rows.Select(row => row.Kind).ToArray(),
        referralIds = rows.Select(row => row.ReferralId).ToArray(),
        payloads = rows.Select(row => row.Payload).ToArray(),
    };
}
