using ReferralPortal.Domain;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Components.Forms;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Documents;

/// <summary>Says what a document is: its kind, its date, who wrote it. Allowed to whoever added it, while something could be added.</summary>
public sealed class DescribeDocument(PortalDatabase database, TimeProvider clock)
{
    public const int LongestAuthor = 200;

    public sealed record Command(Guid Id, int Version, DocumentKind Kind, DateParts DatedOn, string Author);

    /// <summary>Returns the document's new version.</summary>
    public async Task<Outcome<int>> Handle(Actor actor, Command command, CancellationToken ct)
    {
        if (Check(command) is { Count: > 0 } errors) return Outcome.Invalid(errors);

        return await database.Write<int>(actor, async unit =>
        {
            var row = await unit.One<Row>(Locked, new { command.Id, actor.OrganisationId, personId = actor.UserId });
            if (row is null || await DocumentPlace.Find(unit, row.ReferralId) is not { } place) return Outcome.Missing;
            if (place.WhyNotAdd(actor) is { } words) return Outcome.Refused(words);

            // The row also changes while it is being checked; only what a person says of it is compared.
            if (row.Described != command.Version) return Outcome.Conflict(actor.DisplayName, "described this document in another tab or on another device", row.UpdatedAt);
            await unit.Run(Describe, new { command.Id, kind = EnumText.Of(command.Kind), datedOn = command.DatedOn.ToDate(), author = command.Author.Trim() is { Length: > 0 } author ? author : null, at = unit.Now });
            unit.Audit(AuditAction.DescribeDocument, row.ReferralId, command.Id, new { kind = EnumText.Of(command.Kind) });
            return command.Version + 1;
        }, ct);
    }

    Dictionary<string, string> Check(Command command)
    {
        var errors = new Dictionary<string, string>();
        if (!Enum.IsDefined(command.Kind)) errors["Document.Kind"] = "Choose what the document is";
        if (command.Author.Length > LongestAuthor) errors["Document.Author"] = $"The author may have at most {LongestAuthor} characters";
        if (!command.DatedOn.IsEmpty)
        {
            if (command.DatedOn.ToDate() is not { } date) errors["Document.DatedOn"] = "The document’s date must be a real date";
            else if (date > LondonTime.DateOf(clock.GetUtcNow())) errors["Document.DatedOn"] = "The document’s date must be today or in the past";
            else if (date.Year < 1900) errors["Document.DatedOn"] = "The document’s date must be after 1900";
        }
        return errors;
    }

    sealed record Row(Guid ReferralId, int Described, DateTimeOffset UpdatedAt);

    const string Locked = """
        select referral_id, described, updated_at from document
        where id = @Id and organisation_id = @OrganisationId and uploaded_by = @personId and state in ('uploading', 'pending', 'available')
        for update
        """;

    const string Describe = "update document set kind = @kind, dated_on = @datedOn, author = @author, described = described + 1, version = version + 1, updated_at = @at where id = @Id";
}
