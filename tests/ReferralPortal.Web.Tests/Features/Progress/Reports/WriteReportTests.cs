using Npgsql;
using ReferralPortal.Domain.Progress;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Progress.Reports;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Tests.Features.Referrals;
using ReferralPortal.Web.Tests.Features.Triaging;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Progress.Reports;

/// <summary>From the record to the signature, and the amendment after it.</summary>
public sealed class WriteReportTests(PortalTestDatabase database) : IClassFixture<PortalTestDatabase>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    AmendReport Amend => new(database.Database);

    [Fact]
    public async Task Each_kind_starts_from_what_the_record_and_the_referral_know()
    {
        var treated = await database.Treated();
        async Task<string> Text(ReportKind kind, string part, TestReferral? of = null) => (await database.Draft(of ?? treated, kind)).Sections.Single(section => section.Key == part).Text;

        Assert.Contains("8 authorised", await Text(ReportKind.Progress, "attendance"));
        Assert.Contains("First seen on", (await Text(ReportKind.Discharge, "attendance")).Replace("Seen on", "First seen on", StringComparison.Ordinal));
        Assert.Contains(ReferralWorld.GoalWords, await Text(ReportKind.TreatmentExtension, "goals"));
        Assert.Contains("Left shoulder", await Text(ReportKind.InitialAssessment, "regions"));
        Assert.Matches(@"^\d+ years old\.$", await Text(ReportKind.ImmediateNeeds, "marker_age"));
        Assert.Equal(ReferralWorld.History, await Text(ReportKind.ImmediateNeeds, "marker_before"));
        Assert.Equal("Lives in the area of postcode M1.", await Text(ReportKind.ImmediateNeeds, "marker_geography"));
        Assert.EndsWith("since the accident on 5 Jan 2026.", await Text(ReportKind.ImmediateNeeds, "marker_time"));
        Assert.Contains(ReferralWorld.Symptoms, await Text(ReportKind.Triage, "symptoms", await database.Treated(state: ReferralState.Accepted)));
    }

    [Fact]
    public async Task A_safeguarding_concern_is_in_no_report_of_any_kind()
    {
        const string concern = "bruises-that-do-not-fit-the-story";
        foreach (var state in (ReferralState[])[ReferralState.InTreatment, ReferralState.Accepted])
        {
            var referral = await database.Treated(state: state);
            await database.Run("""
                insert into treatment_session (id, referral_id, clinician_id, held_at, treatments, response, concern, concern_words, state, signed_at, author_name, author_hcpc)
                select gen_random_uuid(), @Id, u.id, now() - interval '2 days', array['exercise'], 'Moves better.', 'clinic_only', @concern, 'signed', now(), u.display_name, 'PH104512'
                from portal_user u where u.user_name = 'clinician@clinic.example'
                """, new { referral.Id, concern });
            foreach (var kind in ReportRules.MayBegin(state, [Capacity.Clinician]))
                Assert.DoesNotContain(concern, (await database.Draft(referral, kind)).Content, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_kind_is_not_begun_out_of_its_time_nor_by_anybody_but_a_clinician()
    {
        var accepted = await database.Treated(state: ReferralState.Accepted);
        Assert.IsType<Failure.Refused>((await database.Write().Start(await database.Actor(Clinician), Guid.CreateVersion7(), accepted.Id, ReportKind.Discharge, Ct)).Failure);
        foreach (var other in (string[])[Triage, Lead, Solicitor, Auditor])
            Assert.IsType<Failure.Refused>((await database.Write().Start(await database.Actor(other), Guid.CreateVersion7(), accepted.Id, ReportKind.Triage, Ct)).Failure);
        Assert.IsType<Failure.Missing>((await database.Write().Start(await database.Actor(Clinician), Guid.CreateVersion7(), Guid.CreateVersion7(), ReportKind.Triage, Ct)).Failure);
    }

    [Fact]
    public async Task Beginning_twice_opens_the_same_draft()
    {
        var referral = await database.Treated();
        Assert.Equal((await database.Draft(referral, ReportKind.Progress)).Id, (await database.Draft(referral, ReportKind.Progress)).Id);
    }

    [Fact]
    public async Task What_was_saved_without_hearing_of_it_is_no_conflict_and_what_another_tab_saved_is()
    {
        var draft = await database.Draft(await database.Treated(), ReportKind.Progress);
        var clinician = await database.Actor(Clinician);
        ReportSection[] first = [new("treatment", "", "first")], second = [new("treatment", "", "second")];
        await database.Write().Save(clinician, draft.Id, draft.Version, first, Ct);

        Assert.IsType<Failure.Conflict>((await database.Write().Save(clinician, draft.Id, draft.Version, second, Ct)).Failure);
        var sent = PortalJson.Text(ReportContent.Fitted(ReportKind.Progress, first));
        Assert.Equal(draft.Version + 2, (await database.Write().Save(clinician, draft.Id, draft.Version, second, Ct, [sent])).Value);
    }

    [Fact]
    public async Task Only_the_parts_of_the_form_are_kept_and_none_that_is_too_long()
    {
        var draft = await database.Draft(await database.Treated(), ReportKind.Progress);
        var clinician = await database.Actor(Clinician);
        Assert.Contains("Sections.work", Assert.IsType<Failure.Invalid>((await database.Write().Save(clinician, draft.Id, draft.Version, [new("work", "", new string('x', ReportContent.LongestPart + 1))], Ct)).Failure).Errors);
        await database.Write().Save(clinician, draft.Id, draft.Version, [new("work", "Another heading", "Back at work."), new("invented", "Invented", "words")], Ct);
        var kept = (await database.Write().Open(clinician, draft.Id, Ct)).Value!.Sections;
        Assert.Equal(ReportForms.Of(ReportKind.Progress).Select(part => (part.Key, part.Heading)), kept.Select(section => (section.Key, section.Heading)));
        Assert.Equal("Back at work.", kept.Single(section => section.Key == "work").Text);
    }

    [Fact]
    public async Task The_record_is_asked_again_without_touching_what_is_typed()
    {
        var referral = await database.Treated();
        var draft = await database.Draft(referral, ReportKind.Progress);
        await database.Fill(draft);
        await database.Run("update goal set outcome = 'achieved' where referral_id = @Id", new { referral.Id });

        var recorded = (await database.Write().FromRecord(await database.Actor(Clinician), draft.Id, Ct)).Value!;
        Assert.Contains("achieved", recorded.Single(section => section.Key == "goals").Text);
        Assert.Equal($"{ReportWorld.Written} [goals]", (await database.Write().Open(await database.Actor(Clinician), draft.Id, Ct)).Value!.Sections.Single(section => section.Key == "goals").Text);
        foreach (var other in (string[])[Triage, TriageWorld.SecondClinician, Solicitor])
            Assert.IsType<Failure.Missing>((await database.Write().FromRecord(await database.Actor(other), draft.Id, Ct)).Failure);
    }

    [Fact]
    public async Task Signing_twice_signs_once()
    {
        var referral = await database.Treated();
        var draft = await database.Draft(referral, ReportKind.Progress);
        var version = await database.Fill(draft);
        var both = await Task.WhenAll(database.Sign(draft.Id, version), database.Sign(draft.Id, version));
        Assert.All(both, outcome => Assert.Equal(draft.Id, outcome.Value));
        Assert.Equal(1, await database.Ask<int>("select count(*)::int from referral_event where referral_id = @Id and action = 'sign_report'", new { referral.Id }));
        Assert.Equal(1, await database.Ask<int>("select count(*)::int from outbox_message where referral_id = @Id and kind = 'report_signed'", new { referral.Id }));
    }

    [Theory]
    [InlineData("update report set content = '[]' where id = @id")]
    [InlineData("update report set author_name = 'Somebody Else' where id = @id")]
    [InlineData("update report set amendment_reason = 'other' where id = @id")]
    [InlineData("update report set released_at = now() where id = @id")]
    [InlineData("update report set state = 'draft' where id = @id")]
    [InlineData("delete from report where id = @id")]
    public async Task What_is_signed_cannot_be_changed_even_in_the_database(string attempt)
    {
        var id = await database.Signed(await database.Treated(), ReportKind.Progress);
        Assert.Equal("RP002", (await Assert.ThrowsAsync<PostgresException>(() => database.Run(attempt, new { id }))).SqlState);
    }

    [Fact]
    public async Task A_draft_is_discarded_by_its_author_alone_and_a_signed_report_by_nobody()
    {
        var referral = await database.Treated();
        var draft = await database.Draft(referral, ReportKind.Progress);
        foreach (var other in (string[])[TriageWorld.SecondClinician, Triage, Solicitor]) Assert.IsType<Failure.Missing>((await database.Write().Discard(await database.Actor(other), draft.Id, Ct)).Failure);
        Assert.Equal(referral.Reference, (await database.Write().Discard(await database.Actor(Clinician), draft.Id, Ct)).Value);
        Assert.IsType<Failure.Missing>((await database.Write().Open(await database.Actor(Clinician), draft.Id, Ct)).Failure);

        var signed = await database.Signed(referral, ReportKind.Progress);
        Assert.IsType<Failure.Refused>((await database.Write().Discard(await database.Actor(Clinician), signed, Ct)).Failure);
    }

    [Fact]
    public async Task An_amendment_names_its_reason_and_supersedes_what_stays_readable()
    {
        var referral = await database.Treated();
        var first = await database.Signed(referral, ReportKind.Progress);
        await database.Opened(Solicitor, first);
        var clinician = await database.Actor(Clinician);

        Assert.Contains("AmendmentReason", Assert.IsType<Failure.Invalid>((await Amend.Start(clinician, Guid.CreateVersion7(), first, " ", Ct)).Failure).Errors);
        var second = (await Amend.Start(clinician, Guid.CreateVersion7(), first, "The side was wrong.", Ct)).Value;
        var draft = (await database.Write().Open(clinician, second, Ct)).Value!;
        Assert.Equal((2, "The side was wrong.", first), (draft.Number, draft.AmendmentReason, draft.SupersedesId!.Value));
        Assert.False((await database.Opened(Solicitor, first)).Value!.Superseded); // until the new one is signed

        Assert.True((await database.Sign(second, await database.Fill(draft, "Corrected."))).IsDone);
        var old = (await database.Opened(Solicitor, first)).Value!;
        Assert.True(old.Superseded);
        Assert.Equal(second, old.CurrentId);
        Assert.StartsWith(ReportWorld.Written, old.Sections[0].Text);
        var current = (await database.Opened(Solicitor, second)).Value!;
        Assert.Equal((2, "The side was wrong.", (Guid?)null, false), (current.Number, current.AmendmentReason, current.CurrentId, current.Superseded));

        // Whoever has read the old one is told, whether or not they follow the referral.
        var readers = await database.Ask<string>("select payload ->> 'readers' from outbox_message where referral_id = @Id and kind = 'report_amended'", new { referral.Id });
        Assert.Contains((await database.Actor(Solicitor)).UserId.ToString(), readers);
        Assert.IsType<Failure.Refused>((await Amend.Start(clinician, Guid.CreateVersion7(), first, "Once more.", Ct)).Failure);
    }

    [Fact]
    public async Task Of_two_who_amend_at_once_one_writes_and_the_other_is_told()
    {
        var first = await database.Signed(await database.Treated(), ReportKind.Progress);
        var clinician = await database.Actor(Clinician);
        var both = await Task.WhenAll(Amend.Start(clinician, Guid.CreateVersion7(), first, "One.", Ct), Amend.Start(clinician, Guid.CreateVersion7(), first, "Two.", Ct));
        Assert.Equal(both[0].Value, both[1].Value);
        Assert.NotEqual(Guid.Empty, both[0].Value);
        Assert.Equal(1, await database.Ask<int>("select count(*)::int from report where supersedes_id = @first", new { first }));
    }

    [Fact]
    public async Task Nobody_but_the_author_amends_until_the_author_has_left_and_then_the_manager_who_is_named_beside()
    {
        var first = await database.Signed(await database.Treated(), ReportKind.Progress);
        var (second, lead) = (await database.Actor(TriageWorld.SecondClinician), await database.Actor(Lead));
        Assert.IsType<Failure.Refused>((await Amend.Start(second, Guid.CreateVersion7(), first, "Mine.", Ct)).Failure);
        Assert.IsType<Failure.Refused>((await Amend.Start(lead, Guid.CreateVersion7(), first, "Mine.", Ct)).Failure);
        foreach (var outside in (string[])[Solicitor, Stranger, Triage]) Assert.IsType<Failure.Missing>((await Amend.Start(await database.Actor(outside), Guid.CreateVersion7(), first, "Mine.", Ct)).Failure);

        await database.Run("update portal_user set disabled_at = now() where user_name = @Clinician; update portal_user set hcpc_number = 'PH900001' where user_name = @Lead", new { Clinician, Lead });
        try
        {
            Assert.IsType<Failure.Refused>((await Amend.Start(second, Guid.CreateVersion7(), first, "Mine.", Ct)).Failure);
            var amendment = (await Amend.Start(lead, Guid.CreateVersion7(), first, "Wrong date.", Ct)).Value;
            var draft = (await database.Write().Open(lead, amendment, Ct)).Value!;
            Assert.True((await database.Sign(amendment, await database.Fill(draft, by: Lead), by: Lead)).IsDone);
            var read = (await database.Opened(Solicitor, amendment)).Value!;
            Assert.Equal((lead.DisplayName, "PH900001", "Beth Entwistle"), (read.AuthorName, read.AuthorHcpc, read.AuthorLeft));
        }
        finally
        {
            await database.Run("update portal_user set disabled_at = null where user_name = @Clinician; update portal_user set hcpc_number = null where user_name = @Lead", new { Clinician, Lead });
        }
    }

    [Fact]
    public void A_difference_names_the_lines_that_go_and_come()
    {
        var lines = LineDifference.Of("one\ntwo\nthree", "one\nthree\nfour");
        Assert.Equal([(0, "one"), (-1, "two"), (0, "three"), (1, "four")], lines.Select(line => (line.Change, line.Text)));
        Assert.Equal([(1, "new")], LineDifference.Of("", "new").Select(line => (line.Change, line.Text)));
        Assert.Equal([(-1, "old")], LineDifference.Of("old", "").Select(line => (line.Change, line.Text)));
    }

    [Theory]
    [InlineData("1984-03-12", "2026-03-11", 41)]
    [InlineData("1984-03-12", "2026-03-12", 42)]
    [InlineData("2008-02-29", "2026-02-28", 18)] // .NET and the law agree: on the day before the one that does not come
    [InlineData("2008-02-29", "2026-02-27", 17)]
    public void Years_are_counted_by_birthdays(string born, string today, int years) =>
        Assert.Equal(years, ReportFacts.Years(DateOnly.Parse(born, null), DateOnly.Parse(today, null)));
}
