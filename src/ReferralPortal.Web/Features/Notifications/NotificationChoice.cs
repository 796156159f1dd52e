using ReferralPortal.Domain;
using ReferralPortal.Domain.Notifications;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Notifications;

/// <summary>What somebody is told by mail.</summary>
/// <param name="Topics">Of these.</param>
/// <param name="WholeOrganisation">Also about referrals that a colleague has.</param>
/// <param name="Address">Where the mail goes.</param>
/// <param name="Version">0 while nothing was ever chosen.</param>
public sealed record NotificationChoice(IReadOnlyList<NoticeTopic> Topics, bool WholeOrganisation, string Address, int Version);

/// <summary>Reads one's own choice. Never somebody else's: the question names nobody.</summary>
public sealed class ReadChoice(PortalDatabase database)
{
    public async Task<NotificationChoice> Handle(Actor actor, CancellationToken ct)
    {
        var row = await database.Read(actor, unit => unit.One<Row>(Own, new { person = actor.UserId }), ct);
        var byDefault = NoticeTopics.ByDefault(actor.IsClinic);
        var topics = NoticeTopics.For(actor.IsClinic).Where(topic => row!.Wanted.Contains(EnumText.Of(topic)) || (byDefault.Contains(topic) && !row.Declined.Contains(EnumText.Of(topic))));
        return new([.. topics], row!.WholeOrganisation, row.UserName, row.Version);
    }

    sealed record Row(string UserName, string[] Wanted, string[] Declined, bool WholeOrganisation, int Version);

    const string Own = """
        select u.user_name, coalesce(choice.wanted, '{}') as wanted, coalesce(choice.declined, '{}') as declined,
               coalesce(choice.whole_organisation, false) as whole_organisation, coalesce(choice.version, 0) as version
        from portal_user u left join notification_choice choice on choice.person_id = u.id
        where u.id = @person
        """;
}

/// <summary>Keeps what somebody wants to be told by mail. Allowed to everybody who reads referrals, for themselves.</summary>
public sealed class SaveChoice(PortalDatabase database)
{
    /// <param name="Topics">Told of these by mail.</param>
    /// <param name="WholeOrganisation">Also about referrals that a colleague has.</param>
    /// <param name="Version">The version that the person saw.</param>
    public sealed record Command(IReadOnlyCollection<NoticeTopic> Topics, bool WholeOrganisation, int Version);

    /// <summary>Returns the new version.</summary>
    public async Task<Outcome<int>> Handle(Actor actor, Command command, CancellationToken ct)
    {
        if (!actor.ReadsReferrals()) return Outcome.Missing;

        // Only what differs from the default is kept, so that a topic that comes later follows its own.
        var byDefault = NoticeTopics.ByDefault(actor.IsClinic);
        var there = NoticeTopics.For(actor.IsClinic);
        var wanted = there.Where(topic => command.Topics.Contains(topic) && !byDefault.Contains(topic)).Select(topic => EnumText.Of(topic)).ToArray();
        var declined = there.Where(topic => !command.Topics.Contains(topic) && byDefault.Contains(topic)).Select(topic => EnumText.Of(topic)).ToArray();

        return await database.Write<int>(actor, async unit =>
        {
            if (await unit.One<int?>(Save, new { person = actor.UserId, wanted, declined, command.WholeOrganisation, command.Version }) is not { } version)
                return Outcome.Conflict(actor.DisplayName, "changed this on another page", unit.Now);
            unit.Audit(AuditAction.ChooseNotifications, subjectId: actor.UserId, detail: new { wanted, declined, command.WholeOrganisation });
            return version;
        }, ct);
    }

    const string Save = """
        insert into notification_choice (person_id, wanted, declined, whole_organisation) values (@person, @wanted, @declined, @wholeOrganisation)
        on conflict (person_id) do update
            set wanted = excluded.wanted, declined = excluded.declined, whole_organisation = excluded.whole_organisation, version = notification_choice.version + 1
            where notification_choice.version = @version
        returning version
        """;
}
