using Dapper;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Referrals.Import;
using ReferralPortal.Web.Features.Referrals.Submit;
using ReferralPortal.Web.Features.Referrals.Submit.Drafts;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Platform.Spreadsheets;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Referrals.Import;

public sealed class ImportTests(PortalTestDatabase world) : IClassFixture<PortalTestDatabase>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    readonly ImportWorld desk = new(world);

    [Fact]
    public async Task Good_rows_become_referrals_like_typed_ones_and_the_rest_stay()
    {
        var solicitor = await world.Actor(Solicitor);
        var import = await desk.Checked(solicitor, await desk.File(
            texts => texts["Claim.OurReference"] = "GOOD/1",
            texts => (texts["Claim.OurReference"], texts["Patient.NhsNumber"], texts["Patient.Sex"]) = ("GOOD/bad", "123 456 1234", "unsure"),
            texts => (texts["Claim.OurReference"], texts["Claim.CaseManagerId"], texts["Funding.Kind"], texts["Funding.PayerName"], texts["Funding.PayerId"]) = ("GOOD/2", "pennine case management", "Funder", "", "Ribble Insurance")));

        var view = await desk.View(solicitor, import);
        Assert.Equal([ImportRowState.Ready, ImportRowState.Problems, ImportRowState.Ready], view.Rows.Select(row => row.State.Value));
        Assert.Equal(["Patient.NhsNumber", "Patient.Sex"], view.Rows[1].Wrong().Keys.Order());
        Assert.Contains("is not one of", view.Rows[1].Wrong()["Patient.Sex"]);

        Assert.Equal(2, (await desk.Sending.Handle(solicitor, import, Ct)).Value);
        await desk.Run(import);

        view = await desk.View(solicitor, import);
        Assert.Equal([ImportRowState.Sent, ImportRowState.Problems, ImportRowState.Sent], view.Rows.Select(row => row.State.Value));
        var typed = await ExampleForms.Submitted(world, solicitor, form => form.Claim.OurReference = "GOOD/1");
        await using var owner = await world.Owner();
        Assert.Equal(await Everything(owner, typed.Id), await Everything(owner, view.Rows[0].Id));
        Assert.Equal(view.Rows[0].Reference, await owner.ExecuteScalarAsync<string>("select reference from referral where id = @Id", new { view.Rows[0].Id }));
        Assert.Equal(["case_manager", "funder", "referrer", "treating_clinic"], await owner.QueryAsync<string>("select role from referral_party where referral_id = @Id order by role", new { view.Rows[2].Id }));
        Assert.Equal(solicitor.UserId, await owner.ExecuteScalarAsync<Guid>("select referrer_id from referral where id = @Id", new { view.Rows[0].Id }));
    }

    // All that a referral consists of, without what is its own: ids, times, references.
    static Task<string?> Everything(Npgsql.NpgsqlConnection owner, Guid id) => owner.ExecuteScalarAsync<string>("""
        select jsonb_build_object(
            'referral', (select to_jsonb(r) - array['id', 'patient_id', 'reference', 'due_at', 'submitted_at', 'state_since', 'created_at'] from referral r where id = @id),
            'patient', (select to_jsonb(p) - array['id', 'created_at'] from patient p where id = @id),
            'detail', (select to_jsonb(d) - array['referral_id'] from referral_detail d where referral_id = @id),
            'parties', (select jsonb_agg(jsonb_build_array(organisation_id, role, state) order by role) from referral_party where referral_id = @id),
            'authority', (select jsonb_agg(to_jsonb(a) - array['id', 'referral_id', 'given_at', 'created_at']) from funding_authority a where referral_id = @id),
            'event', (select jsonb_agg(to_jsonb(e) - array['id', 'sequence', 'referral_id', 'at']) from referral_event e where referral_id = @id),
            'audit', (select jsonb_agg(jsonb_build_array(actor_id, organisation_id, action)) from audit_entry where referral_id = @id),
            'message', (select jsonb_agg(jsonb_build_array(kind, payload - 'referralId')) from outbox_message where referral_id = @id),
            'search', (select replace(replace(words, lower(r.reference), ''), lower(replace(r.reference, '-', '')), '') from referral_search join referral r on r.id = referral_id where referral_id = @id))::text
        """, new { id });

    [Fact]
    public async Task Whatever_is_done_twice_or_is_killed_in_the_middle_makes_no_referral_twice_and_loses_none()
    {
        var solicitor = await world.Actor(Solicitor);
        var rows = 2 * ImportWork.SentAtOnce + 30;
        var import = await desk.Checked(solicitor, await desk.Good(rows, from: 1_000_000));
        await desk.Sending.Handle(solicitor, import, Ct);
        Assert.IsType<Failure.Refused>((await desk.Sending.Handle(solicitor, import, Ct)).Failure);

        // One piece is done; then it comes again, and eight times at once, as after a lease that ran out.
        var portal = await desk.Portal;
        var first = await desk.Waiting(import);
        await desk.Work.Handle(portal, first, Ct);
        Assert.Equal(ImportWork.SentAtOnce, await desk.Referrals("NL/1000%"));
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => desk.Work.Handle(portal, first, Ct)));
        Assert.Equal(ImportWork.SentAtOnce, await desk.Referrals("NL/1000%"));

        // The next is killed in the middle: nothing of it stays.
        await using (var owner = await world.Owner())
            await owner.ExecuteAsync("""
                create function die() returns trigger language plpgsql as $$ begin if new.our_reference = 'NL/1000150' then raise exception 'killed'; end if; return new; end $$;
                create trigger die before insert on referral for each row execute function die()
                """);
        await Assert.ThrowsAsync<Npgsql.PostgresException>(() => desk.Run(import));
        Assert.Equal(ImportWork.SentAtOnce, await desk.Referrals("NL/1000%"));
        await using (var owner = await world.Owner()) await owner.ExecuteAsync("drop trigger die on referral; drop function die()");

        await desk.Run(import);
        Assert.Equal(rows, await desk.Referrals("NL/1000%"));
        var view = await desk.View(solicitor, import);
        Assert.Equal(rows, view.Count(ImportRowState.Sent));
        Assert.Equal(ImportState.Open, view.Import.State.Value);
        Assert.IsType<Failure.Refused>((await desk.Sending.Handle(solicitor, import, Ct)).Failure);
    }

    [Theory]
    [InlineData("disabled_at = now()", "20001")]
    [InlineData("roles = array['funder']", "20002")]
    public async Task The_import_of_a_person_who_may_no_longer_refer_stops_and_can_go_on_later(string change, string references)
    {
        var partner = await world.Actor(Partner);
        var import = await desk.Checked(partner, await desk.Good(ImportWork.SentAtOnce + 10, from: int.Parse(references, System.Globalization.CultureInfo.InvariantCulture) * 1000));
        await desk.Sending.Handle(partner, import, Ct);
        await desk.Run(import, pieces: 1);
        await using var owner = await world.Owner();
        await owner.ExecuteAsync($"update portal_user set {change} where id = @UserId", new { partner.UserId });
        try
        {
            await desk.Run(import);
            Assert.Equal(ImportWork.SentAtOnce, await desk.Referrals($"NL/{references}%"));
            Assert.Equal("stopped", await owner.ExecuteScalarAsync<string>("select state from import_batch where id = @import", new { import }));
        }
        finally
        {
            await owner.ExecuteAsync("update portal_user set disabled_at = null, roles = array['organisation_administrator'] where id = @UserId", new { partner.UserId });
        }
        Assert.True((await desk.Sending.GoOn(partner, import, Ct)).IsDone);
        await desk.Run(import);
        await desk.Sending.Handle(partner, import, Ct);
        await desk.Run(import);
        Assert.Equal(ImportWork.SentAtOnce + 10, await desk.Referrals($"NL/{references}%"));
    }

    [Fact]
    public async Task The_same_row_again_is_left_out_until_the_person_says_so()
    {
        var (solicitor, partner) = (await world.Actor(Solicitor), await world.Actor(Partner));
        var file = await desk.File(texts => texts["Claim.OurReference"] = "TWIN/1", texts => texts["Claim.OurReference"] = "TWIN/2", texts => texts["Claim.OurReference"] = "TWIN/2");
        var first = await desk.Checked(solicitor, file);
        var rows = (await desk.View(solicitor, first)).Rows;
        Assert.Equal([ImportRowState.Ready, ImportRowState.Ready, ImportRowState.AlreadySent], rows.Select(row => row.State.Value));
        Assert.Equal("row 3", rows[2].Twin);

        // A colleague has the same file open at the same time.
        var colleagues = await desk.Checked(partner, file);
        Assert.Equal(2, (await desk.View(partner, colleagues)).Count(ImportRowState.Ready));
        await desk.Sending.Handle(solicitor, first, Ct);
        await desk.Run(first);
        await desk.Sending.Handle(partner, colleagues, Ct);
        await desk.Run(colleagues);
        Assert.Equal(2, await desk.Referrals("TWIN/%"));

        var left = (await desk.View(partner, colleagues)).Rows[0];
        Assert.Equal((ImportRowState.AlreadySent, (await desk.View(solicitor, first)).Rows[0].Reference), (left.State.Value, left.Twin));
        Assert.True((await desk.Edit.SendAgain(partner, colleagues, left.Id, left.Version, Ct)).IsDone);
        await desk.Sending.Handle(partner, colleagues, Ct);
        await desk.Run(colleagues);
        Assert.Equal(3, await desk.Referrals("TWIN/%"));

        // Another firm's file with the same rows has nothing to do with it.
        var strangers = await desk.Checked(await world.Actor(Stranger), file);
        Assert.Equal(2, (await desk.View(await world.Actor(Stranger), strangers)).Count(ImportRowState.Ready));
    }

    [Fact]
    public async Task A_row_with_an_emergency_answer_is_gone_through_by_hand()
    {
        var solicitor = await world.Actor(Solicitor);
        var import = await desk.Checked(solicitor, await desk.File(
            texts => (texts["Claim.OurReference"], texts["Safety.Answers.cauda_equina"]) = ("EMERGENCY/1", "Yes"),
            texts => texts["Claim.OurReference"] = "EMERGENCY/2"));
        var row = (await desk.View(solicitor, import, RowFilter.ByHand)).Rows.Single();
        Assert.Equal(ImportRowState.Emergency, row.State.Value);
        Assert.IsType<Failure.Refused>((await desk.Edit.Handle(solicitor, new(import, row.Id, row.Version, new Dictionary<string, string> { ["Safety.Answers.cauda_equina"] = "No" }), Ct)).Failure);

        await desk.Sending.Handle(solicitor, import, Ct);
        await desk.Run(import);

        Assert.Equal(1, await desk.Referrals("EMERGENCY/%"));
        var content = await desk.Catalogue.Get(Ct);
        var draft = (await new LoadDraft(world.Database).Handle(solicitor, row.Id, Ct)).Value!;
        Assert.Equal("EMERGENCY/1", draft.Form.Claim.OurReference);
        Assert.Equal("cauda_equina", Assert.Single(SafetyAnswers.NotYetRead(content, draft.Form.Safety)).Key);
        Assert.Contains(await new ListDrafts(world.Database).Handle(solicitor, Ct), unfinished => unfinished.Id == row.Id);

        // Sent by hand, it shows its reference in the import.
        draft.Form.Safety.Read.Add("cauda_equina");
        (draft.Form.Safety.ToldBy, draft.Form.Safety.ToldOn, draft.Form.Safety.ToldAt, draft.Form.Safety.ToldHow) = ("Amara Okafor", new("1", "10", "2025"), "09:05", "By telephone");
        var sent = await new SubmitReferral(world.Database, desk.Catalogue, new FormOrganisations(world.Database), TimeProvider.System).Handle(solicitor, new(row.Id, draft.Form), Ct);
        Assert.Equal(sent.Value!.Reference, (await desk.View(solicitor, import, RowFilter.ByHand)).Rows.Single().Reference);
    }

    [Fact]
    public async Task A_cell_is_put_right_in_the_grid_and_the_second_of_two_is_told()
    {
        var solicitor = await world.Actor(Solicitor);
        var import = await desk.Checked(solicitor, await desk.File(texts => (texts["Claim.OurReference"], texts["Patient.Postcode"]) = ("EDIT/1", "nowhere")));
        var row = (await desk.View(solicitor, import)).Rows.Single();

        Task<Outcome<StoredRow>> Edit(int version, string postcode) => desk.Edit.Handle(solicitor, new(import, row.Id, version, new Dictionary<string, string> { ["Patient.Postcode"] = postcode }), Ct);
        var still = (await Edit(row.Version, "else\0where \uD800=1")).Value!;
        Assert.Equal(ImportRowState.Problems, still.State.Value);
        Assert.IsType<Failure.Conflict>((await Edit(row.Version, "M1 4BT")).Failure);
        var atOnce = await Task.WhenAll(Edit(still.Version, "M1 4BT"), Edit(still.Version, "M3 6BZ"));
        Assert.Single(atOnce, outcome => outcome.IsDone);
        Assert.Single(atOnce, outcome => outcome.Failure is Failure.Conflict);
        Assert.Equal(ImportRowState.Ready, (await desk.View(solicitor, import)).Rows.Single().State.Value);

        Assert.IsType<Failure.Refused>((await desk.Edit.Handle(solicitor, new(import, row.Id, 1, new Dictionary<string, string> { ["Patient.Nonsense"] = "x" }), Ct)).Failure);
        Assert.IsType<Failure.Refused>((await Edit(1, new string('x', EditRow.Longest + 1))).Failure);

        await desk.Sending.Handle(solicitor, import, Ct);
        Assert.IsType<Failure.Refused>((await Edit((await desk.View(solicitor, import)).Rows.Single().Version, "M1 1AA")).Failure);
        await desk.Run(import);
        Assert.IsType<Failure.Refused>((await Edit((await desk.View(solicitor, import)).Rows.Single().Version, "M1 1AA")).Failure);
    }

    [Theory]
    [InlineData(SpreadsheetFormat.Csv)]
    [InlineData(SpreadsheetFormat.Xlsx)]
    public async Task Rows_are_put_right_in_the_file_and_known_by_their_key(SpreadsheetFormat format)
    {
        var solicitor = await world.Actor(Solicitor);
        var import = await desk.Checked(solicitor, await desk.File(
            texts => texts["Claim.OurReference"] = $"FILE/{format}/1",
            texts => (texts["Claim.OurReference"], texts["Patient.Postcode"], texts["Patient.GivenName"]) = ($"FILE/{format}/2", "nowhere", "=cmd|'x'!A0")));

        using var file = new MemoryStream();
        await SpreadsheetWriter.Write(file, format, [(await desk.Download.Handle(solicitor, import, Ct)).Value!], Ct);
        file.Position = 0;
        var sheet = (await SpreadsheetReader.Read(file, new(), Ct)).Value!;
        var row = Assert.Single(sheet.Rows);
        Assert.Equal([ImportMapping.KeyHeading, ImportMapping.ProblemsHeading], sheet.Headings.Take(2));
        Assert.Contains("Postcode: Enter a full UK postcode", row.Cells[1]);

        row.Cells[sheet.Headings.ToList().IndexOf("Postcode")] = "M1 4BT";
        var strange = row.Cells.ToArray();
        strange[0] = Guid.NewGuid().ToString();
        using var corrected = new MemoryStream();
        await SpreadsheetWriter.Write(corrected, format, [new Sheet("Rows", SpreadsheetWriter.Of([sheet.Headings, row.Cells, strange]))], Ct);
        corrected.Position = 0;
        Assert.Equal(new ReturnRows.Returned(1, 1), (await desk.Return.Handle(solicitor, import, corrected, Ct)).Value);
        await desk.Run(import);

        var view = await desk.View(solicitor, import);
        Assert.Equal(2, view.Count(ImportRowState.Ready));
        Assert.Equal("=cmd|'x'!A0", view.Rows[1].Texts(view.Import.Mapping())["Patient.GivenName"]);
        Assert.IsType<Failure.Refused>((await desk.Return.Handle(solicitor, import, new MemoryStream(await desk.Good(1)), Ct)).Failure);
    }

    [Fact]
    public async Task Headings_that_are_not_known_are_explained_once()
    {
        var solicitor = await world.Actor(Solicitor);
        var good = System.Text.Encoding.UTF8.GetString(await desk.Good(1, from: 3_000_000));
        var file = ImportWorld.Text(good.Replace("Symptoms,", "Beschwerden,", StringComparison.Ordinal).Replace("NHS number,", "Shoe size,", StringComparison.Ordinal));
        var import = await desk.Begun(solicitor, file);
        var view = await desk.View(solicitor, import);
        Assert.Equal(ImportState.Columns, view.Import.State.Value);
        Assert.Equal(0, await desk.Run(import));

        var columns = new Dictionary<string, int>(view.Import.Mapping()) { ["Injury.Symptoms"] = view.Import.Headings.ToList().IndexOf("Beschwerden"), ["No.Such"] = 1 };
        Assert.IsType<Failure.Conflict>((await desk.Choose.Handle(solicitor, new(import, view.Import.Version + 1, columns), Ct)).Failure);
        Assert.IsType<Failure.Refused>((await desk.Choose.Handle(solicitor, new(import, view.Import.Version, new Dictionary<string, int>(columns) { ["Injury.Onset"] = 0 }), Ct)).Failure);
        Assert.True((await desk.Choose.Handle(solicitor, new(import, view.Import.Version, columns), Ct)).IsDone);
        await desk.Run(import);
        Assert.Equal(1, (await desk.View(solicitor, import)).Count(ImportRowState.Ready));

        // A colleague's next file with the same headings needs no explaining; another firm's does.
        var next = await desk.Checked(await world.Actor(Partner), file);
        Assert.Equal(1, (await desk.View(await world.Actor(Partner), next)).Count(ImportRowState.Ready));
        var strangers = await desk.Begun(await world.Actor(Stranger), file);
        Assert.Equal(ImportState.Columns, (await desk.View(await world.Actor(Stranger), strangers)).Import.State.Value);
    }

    [Fact]
    public async Task A_file_without_our_headings_or_without_rows_is_not_taken()
    {
        var solicitor = await world.Actor(Solicitor);
        foreach (var text in new[] { "", "just a line", "hello\nworld", "%PDF-1.4" })
            Assert.IsType<Failure.Refused>((await desk.Start.Handle(solicitor, "x.csv", new MemoryStream(ImportWorld.Text(text)), Ct)).Failure);
        foreach (var other in new[] { Triage, Funder, Auditor })
            Assert.IsType<Failure.Refused>((await desk.Start.Handle(await world.Actor(other), "x.csv", new MemoryStream(await desk.Good(1)), Ct)).Failure);
    }

    [Fact]
    public async Task Pages_of_rows_follow_each_other()
    {
        var solicitor = await world.Actor(Solicitor);
        var import = await desk.Checked(solicitor, await desk.Good(ReadImport.PageSize * 2 + 3, from: 4_000_000));
        List<int> seen = [];
        for (int? after = 0; after is { } place;)
        {
            var view = await desk.View(solicitor, import, RowFilter.Ready, place);
            Assert.InRange(view.Rows.Count, 1, ReadImport.PageSize);
            seen.AddRange(view.Rows.Select(row => row.Number));
            after = view.Next;
        }
        Assert.Equal(Enumerable.Range(2, ReadImport.PageSize * 2 + 3), seen);
        Assert.Empty((await desk.View(solicitor, import, RowFilter.Problems)).Rows);
    }

    [Fact]
    public async Task Rows_are_deleted_when_nobody_has_touched_them_for_long_and_what_was_sent_is_still_known()
    {
        var health = await world.Actor(Solicitor);
        var file = await desk.File(texts => texts["Claim.OurReference"] = "FORGET/1");
        var import = await desk.Checked(health, file);
        await desk.Sending.Handle(health, import, Ct);
        await desk.Run(import);

        await using var owner = await world.Owner();
        Task<int> Rows() => owner.ExecuteScalarAsync<int>("select count(*)::int from import_row where import_id = @import", new { import });
        var queued = await owner.QuerySingleAsync<DateTime>("select available_at from outbox_message where kind = 'forget_import' and payload ->> 'importId' = @import", new { import = import.ToString() });
        Assert.InRange(queued, DateTime.UtcNow.AddDays(StartImport.KeptForDays - 1), DateTime.UtcNow.AddDays(StartImport.KeptForDays + 1));

        var sweep = new ForgetImportWork(world.Database);
        await sweep.Handle(await desk.Portal, new(import), Ct);
        Assert.Equal(1, await Rows());
        Assert.Equal(2, await owner.ExecuteScalarAsync<int>("select count(*)::int from outbox_message where kind = 'forget_import' and payload ->> 'importId' = @import", new { import = import.ToString() }));
        await owner.ExecuteAsync("update import_batch set touched_at = now() - interval '31 days' where id = @import", new { import });
        await sweep.Handle(await desk.Portal, new(import), Ct);
        await sweep.Handle(await desk.Portal, new(import), Ct);
        Assert.Equal(0, await Rows());
        Assert.Equal(1, await desk.Referrals("FORGET/%"));

        var again = await desk.Checked(health, file);
        Assert.Equal(ImportRowState.AlreadySent, (await desk.View(health, again)).Rows.Single().State.Value);
        Assert.True((await desk.Discard.Handle(health, again, Ct)).IsDone);
        Assert.IsType<Failure.Missing>((await desk.Discard.Handle(health, again, Ct)).Failure);
    }

    [Fact]
    public async Task Nothing_of_a_patient_gets_into_the_audit_trail_or_a_message()
    {
        var solicitor = await world.Actor(Solicitor);
        var import = await desk.Checked(solicitor, await desk.File(texts => (texts["Patient.FamilyName"], texts["Claim.OurReference"]) = ("Unmistakable", "QUIET/1")));
        await desk.Sending.Handle(solicitor, import, Ct);
        await desk.Run(import);
        await using var owner = await world.Owner();
        Assert.Equal(0, await owner.ExecuteScalarAsync<int>("select count(*)::int from audit_entry where detail::text ilike '%unmistakable%' or detail::text like '%QUIET%' or detail::text like '%cases.csv%'"));
        Assert.Equal(0, await owner.ExecuteScalarAsync<int>("select count(*)::int from outbox_message where payload::text ilike '%unmistakable%'"));
        Assert.Equal(1, await owner.ExecuteScalarAsync<int>("select count(*)::int from audit_entry where action = 'start_import' and subject_id = @import", new { import }));
        Assert.Equal(1, await owner.ExecuteScalarAsync<int>("select count(*)::int from audit_entry where action = 'send_import' and subject_id = @import", new { import }));
    }
}
