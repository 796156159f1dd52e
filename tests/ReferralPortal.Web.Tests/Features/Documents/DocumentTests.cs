using System.Security.Cryptography;
using Dapper;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Components.Forms;
using ReferralPortal.Web.Features.Documents;
using ReferralPortal.Web.Features.Referrals.Submit.Drafts;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Tests.Features.Referrals;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Documents;

/// <summary>Files from the first byte to the moment when they can be opened, on a real database with a real scanner.</summary>
public sealed class DocumentTests(DocumentWorld world) : IClassFixture<DocumentWorld>, IAsyncLifetime
{
    Actor solicitor = null!;

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        solicitor = await world.Database.Actor(Solicitor);
        await world.Worker().RunDue(Ct); // what other tests left to do
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    async Task<bool> Opens(Actor actor, Guid id) => (await new OpenDocument(world.Units).Handle(actor, id, AuditAction.OpenDocument, Ct)).IsDone;

    async Task<IReadOnlyList<ListedDocument>> Listed(Actor actor, Guid place) => (await new ListDocuments(world.Units).Handle(actor, place, false, Ct)).Value?.Documents ?? [];

    Task<Outcome<UploadProgress>> Begin(Actor actor, Guid place, long size, string name = "letter.pdf", long modified = 1) => new BeginUpload(world.Units).Handle(actor, new(place, name, size, modified), Ct);

    [Fact]
    public async Task A_clean_file_can_be_opened_once_it_was_checked_and_not_before()
    {
        var file = ExampleFiles.Pdf(pages: 3, padding: 2_500_000);
        var draft = await world.Draft(solicitor);
        var id = await world.Add(solicitor, draft, file);
        Assert.Equal("pending", (await world.Stored(id)).State);
        Assert.False(await Opens(solicitor, id));

        await world.Worker().RunDue(Ct);

        var row = await world.Stored(id);
        Assert.Equal(("available", "pdf", 3), (row.State, row.Format, row.Pages));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(file)), row.Sha256);
        Assert.True(await Opens(solicitor, id));
        Assert.Equal(["add_document", "receive_document", "clear_document", "open_document"], await world.Audited(id));
        await using var kept = await world.Store.Open(id, Ct);
        Assert.Equal(file.Length, kept!.Length);
    }

    public static readonly TheoryData<string> Hiding = ["bare", "in a PDF", "in a Word document", "in an e-mail"];

    [Theory, MemberData(nameof(Hiding))]
    public async Task A_threat_is_found_wherever_it_hides_its_bytes_are_deleted_and_its_row_stays(string where)
    {
        var file = where switch
        {
            "in a PDF" => ExampleFiles.Pdf(inside: ExampleFiles.Eicar),
            "in a Word document" => ExampleFiles.Docx(("word/media/a.bin", ExampleFiles.Eicar)),
            "in an e-mail" => ExampleFiles.Eml(System.Text.Encoding.ASCII.GetString(ExampleFiles.Eicar)),
            _ => ExampleFiles.Eicar,
        };
        var draft = await world.Draft(solicitor);
        var id = await world.AddChecked(solicitor, draft, file, "invoice.pdf");

        var row = await world.Stored(id);
        Assert.Equal(("threat_found", "invoice.pdf"), (row.State, row.FileName));
        Assert.StartsWith("Eicar-Test-Signature", row.Finding, StringComparison.Ordinal);
        Assert.False(await world.HasBytes(id));
        Assert.False(await Opens(solicitor, id));
        Assert.Contains("find_threat", await world.Audited(id));
        Assert.Equal("threat_found", Domain.EnumText.Of(Assert.Single(await Listed(solicitor, draft)).State.Value));
    }

    [Fact]
    public async Task While_the_scanner_is_away_a_file_waits_and_says_so_and_is_checked_when_it_is_back()
    {
        var draft = await world.Draft(solicitor);
        await world.Clamd.Stop();
        try
        {
            var id = await world.AddChecked(solicitor, draft, ExampleFiles.Png, "scan.png");
            var row = await world.Stored(id);
            Assert.Equal("pending", row.State);
            Assert.NotNull(row.UnscannedSince);
            Assert.False(await Opens(solicitor, id));
            Assert.NotNull(Assert.Single(await Listed(solicitor, draft)).UnscannedSince);

            for (var round = 0; round < 5; round++)
            {
                world.Clock.Advance(DocumentChecker.TryAgain);
                await world.Worker().RunDue(Ct);
                Assert.Equal("pending", (await world.Stored(id)).State);
            }
            Assert.Equal(1, await Waiting(id)); // one message, however often it was tried

            // What is refused for what it is needs no scanner.
            var program = await world.AddChecked(solicitor, draft, [.. "MZ"u8, .. new byte[100]], "report.pdf");
            Assert.Equal(("failed", "program"), ((await world.Stored(program)).State, (await world.Stored(program)).Fault));

            world.Clamd.Run();
            await world.Clamd.WaitUntilReady(TimeSpan.FromSeconds(30), Ct);
            world.Clock.Advance(DocumentChecker.TryAgain);
            await world.Worker().RunDue(Ct);
            row = await world.Stored(id);
            Assert.Equal("available", row.State);
            Assert.Null(row.UnscannedSince);
            Assert.True(await Opens(solicitor, id));
        }
        finally
        {
            await world.Clamd.Stop();
            world.Clamd.Run();
            await world.Clamd.WaitUntilReady(TimeSpan.FromSeconds(30), Ct);
        }
    }

    async Task<long> Waiting(Guid id)
    {
        await using var connection = await world.Database.Owner();
        return await connection.ExecuteScalarAsync<long>("select count(*) from outbox_message where kind = 'check_document' and payload ->> 'documentId' = @id and done_at is null", new { id = id.ToString() });
    }

    [Fact]
    public async Task A_file_that_is_not_what_it_is_called_is_refused_and_deleted()
    {
        var draft = await world.Draft(solicitor);
        var id = await world.AddChecked(solicitor, draft, "<html><script>alert(1)</script>"u8.ToArray(), "report.pdf");
        Assert.Equal(("failed", "web_page"), ((await world.Stored(id)).State, (await world.Stored(id)).Fault));
        Assert.False(await world.HasBytes(id));
        Assert.Contains("refuse_document", await world.Audited(id));
        Assert.False(await Opens(solicitor, id));
    }

    [Fact]
    public async Task What_the_scanner_cannot_look_into_is_not_taken_for_clean()
    {
        var draft = await world.Draft(solicitor);
        var id = await world.Add(solicitor, draft, ExampleFiles.Png, "scan.png");
        await world.Worker(scanner: new Answers(_ => new ScanVerdict(ScanResult.NotScannable))).RunDue(Ct);
        Assert.Equal(("failed", "not_scannable"), ((await world.Stored(id)).State, (await world.Stored(id)).Fault));
    }

    [Theory]
    [InlineData("before the scan")]
    [InlineData("after the scan")]
    [InlineData("before the bytes go")]
    [InlineData("before the pages are counted")]
    public async Task A_worker_that_dies_between_two_steps_leaves_nothing_undone(string when)
    {
        var draft = await world.Draft(solicitor);
        var threat = when == "before the bytes go";
        var id = await world.Add(solicitor, draft, threat ? ExampleFiles.Pdf(inside: ExampleFiles.Eicar) : ExampleFiles.Pdf(2));
        var opened = 0;
        var dies = when switch
        {
            "before the scan" => world.Worker(scanner: new Answers(_ => throw new InvalidOperationException("power cut"))),
            "after the scan" => world.Worker(scanner: new Answers(content => { world.Scanner.Scan(content, Ct).GetAwaiter().GetResult(); throw new InvalidOperationException("power cut"); })),
            "before the bytes go" => world.Worker(new Breaking(world.Store) { OnDelete = () => throw new IOException("power cut") }),
            _ => world.Worker(new Breaking(world.Store) { OnOpen = () => { if (++opened == 2) throw new IOException("power cut"); } }),
        };
        await dies.RunDue(Ct);
        Assert.False(threat && !await world.HasBytes(id)); // it did die there
        Assert.Equal(threat ? "threat_found" : "pending", (await world.Stored(id)).State);

        world.Clock.Advance(ReferralPortal.Web.Platform.Background.OutboxWorker.Lease);
        await world.Worker().RunDue(Ct);
        var row = await world.Stored(id);
        Assert.Equal(threat ? "threat_found" : "available", row.State);
        Assert.Equal(!threat, await world.HasBytes(id));
        Assert.Equal(1, (await world.Audited(id)).Count(action => action is "clear_document" or "find_threat"));
        Assert.Equal(0, await Waiting(id));
        // A file on which counting died is not counted again: it may be made for that.
        Assert.Equal(threat || when == "before the pages are counted" ? null : 2, row.Pages);
    }

    [Fact]
    public async Task Two_nodes_and_a_message_that_came_twice_decide_once()
    {
        var draft = await world.Draft(solicitor);
        var ids = new List<Guid>();
        for (var number = 0; number < 6; number++) ids.Add(await world.Add(solicitor, draft, ExampleFiles.Pdf(number + 1), $"{number}.pdf"));
        await using (var connection = await world.Database.Owner())
            await connection.ExecuteAsync("insert into outbox_message (kind, payload, available_at) select kind, payload, available_at from outbox_message where kind = 'check_document' and done_at is null");

        await Task.WhenAll(world.Worker().RunDue(Ct), world.Worker().RunDue(Ct));

        foreach (var (id, place) in ids.Select((id, place) => (id, place)))
        {
            Assert.Equal(("available", place + 1), ((await world.Stored(id)).State, (await world.Stored(id)).Pages));
            Assert.Single(await world.Audited(id), action => action == "clear_document");
        }
    }

    [Fact]
    public async Task After_a_break_an_upload_goes_on_where_it_was_and_the_file_is_whole()
    {
        var file = ExampleFiles.Pdf(padding: 3_000_000);
        var draft = await world.Draft(solicitor);
        var begun = (await Begin(solicitor, draft, file.Length)).Value!;
        var uploads = new ReceiveChunk(world.Units, world.Store);

        var first = (await uploads.Handle(solicitor, begun.Id, 0, new BreaksOff(file, 400_000), Ct)).Value!;
        Assert.Equal(400_000, first.Received);

        // Meanwhile the person chose the file again in a new page: the same upload, and where to go on.
        var again = (await Begin(solicitor, draft, file.Length)).Value!;
        Assert.Equal((begun.Id, 400_000), (again.Id, again.Received));
        Assert.NotEqual(begun.Id, (await Begin(solicitor, draft, file.Length, modified: 2)).Value!.Id); // that one was changed since

        // An old piece that arrives late changes nothing, and neither does one that leaves a gap.
        foreach (var elsewhere in (long[])[0, 399_999, 400_001, 2_000_000])
            Assert.Equal(400_000, (await uploads.Handle(solicitor, begun.Id, elsewhere, new MemoryStream(new byte[10]), Ct)).Value!.Received);

        UploadProgress progress = first;
        while (!progress.IsWhole) progress = (await uploads.Handle(solicitor, begun.Id, progress.Received, new MemoryStream(file[(int)progress.Received..]), Ct)).Value!;
        await world.Worker().RunDue(Ct);
        Assert.Equal(("available", Convert.ToHexStringLower(SHA256.HashData(file))), ((await world.Stored(begun.Id)).State, (await world.Stored(begun.Id)).Sha256));

        // A piece sent again because its answer was lost is answered alike.
        Assert.True((await uploads.Handle(solicitor, begun.Id, 0, new MemoryStream(file), Ct)).Value!.IsWhole);
    }

    [Fact]
    public async Task Bytes_that_the_store_lost_are_asked_for_again()
    {
        var file = ExampleFiles.Pdf(padding: 1_500_000);
        var draft = await world.Draft(solicitor);
        var begun = (await Begin(solicitor, draft, file.Length)).Value!;
        var uploads = new ReceiveChunk(world.Units, world.Store);
        var first = (await uploads.Handle(solicitor, begun.Id, 0, new MemoryStream(file), Ct)).Value!;
        Assert.Equal(DocumentLimits.ChunkBytes, first.Received); // never more in one piece
        await world.Store.Append(begun.Id, 1000, Stream.Null, 0, Ct);

        Assert.Equal(1000, (await uploads.Handle(solicitor, begun.Id, first.Received, new MemoryStream(file[(int)first.Received..]), Ct)).Value!.Received);
    }

    [Fact]
    public async Task Two_requests_do_not_write_into_one_file_at_once()
    {
        var draft = await world.Draft(solicitor);
        var begun = (await Begin(solicitor, draft, 1000)).Value!;
        var slow = new Slow();
        var uploads = new ReceiveChunk(world.Units, world.Store);
        var first = uploads.Handle(solicitor, begun.Id, 0, slow, Ct);
        await slow.Reading;
        await Assert.ThrowsAsync<DocumentBusyException>(() => uploads.Handle(solicitor, begun.Id, 0, new MemoryStream(new byte[1000]), Ct));
        slow.End();
        Assert.Equal(0, (await first).Value!.Received);
    }

    [Theory]
    [InlineData(26 << 20, "The most is 25 MB")]
    [InlineData((25 << 20) + 1, "The most is 25 MB")]
    [InlineData(0, "This file is empty")]
    public async Task A_file_that_is_too_large_or_empty_is_refused_in_words(long size, string words)
    {
        var draft = await world.Draft(solicitor);
        Assert.Contains(words, Assert.IsType<Failure.Refused>((await Begin(solicitor, draft, size)).Failure).Words);
    }

    [Fact]
    public async Task The_largest_file_that_is_taken_is_scanned_and_found_clean()
    {
        var file = ExampleFiles.Pdf(padding: DocumentLimits.FileBytes - 700);
        Assert.InRange(file.Length, DocumentLimits.FileBytes - 700, DocumentLimits.FileBytes);
        var id = await world.AddChecked(solicitor, await world.Draft(solicitor), file);
        Assert.Equal("available", (await world.Stored(id)).State);
    }

    [Fact]
    public async Task The_21st_document_is_refused_also_when_it_comes_at_the_same_moment_as_the_20th()
    {
        var draft = await world.Draft(solicitor);
        for (var number = 0; number < 19; number++) Assert.True((await Begin(solicitor, draft, 100, $"{number}.pdf")).IsDone);
        var both = await Task.WhenAll(Begin(solicitor, draft, 100, "a.pdf"), Begin(solicitor, draft, 100, "b.pdf"));
        Assert.Single(both, outcome => outcome.IsDone);
        Assert.Contains("takes 20 documents", Assert.IsType<Failure.Refused>(both.Single(outcome => !outcome.IsDone).Failure).Words);

        // Removing one makes room for one.
        Assert.True((await new RemoveDocument(world.Units).Handle(solicitor, both.Single(outcome => outcome.IsDone).Value!.Id, Ct)).IsDone);
        Assert.True((await Begin(solicitor, draft, 100, "c.pdf")).IsDone);
    }

    [Fact]
    public async Task A_draft_s_documents_are_its_author_s_until_it_is_a_referral_and_then_its_parties()
    {
        var (id, reference) = await ExampleForms.Submitted(world.Database, solicitor); // a referral of others, for the ids
        Assert.NotEqual(Guid.Empty, id);
        Assert.NotNull(reference);

        var draft = await world.Draft(solicitor);
        var document = await world.AddChecked(solicitor, draft, ExampleFiles.Pdf());
        foreach (var other in Everybody.Where(other => other != Solicitor))
        {
            var actor = await world.Database.Actor(other);
            Assert.IsType<Failure.Missing>((await new ListDocuments(world.Units).Handle(actor, draft, false, Ct)).Failure);
            Assert.False(await Opens(actor, document), other);
            Assert.IsType<Failure.Missing>((await Begin(actor, draft, 100)).Failure);
        }
        Assert.Single(await Listed(solicitor, draft));

        await Submit(draft);
        var triage = await world.Database.Actor(Triage);
        Assert.Equal("letter.pdf", Assert.Single(await Listed(triage, draft)).FileName);
        Assert.True(await Opens(triage, document));
        Assert.True(await Opens(await world.Database.Actor(Partner), document));
        Assert.False(await Opens(await world.Database.Actor(Stranger), document));
    }

    async Task Submit(Guid draft)
    {
        var catalogue = world.Database.Catalogue();
        var form = ExampleForms.Solicitor(await catalogue.Get(Ct));
        var outcome = await new ReferralPortal.Web.Features.Referrals.Submit.SubmitReferral(world.Database.Database, catalogue, new(world.Database.Database), TimeProvider.System).Handle(solicitor, new(draft, form), Ct);
        Assert.True(outcome.IsDone);
    }

    [Fact]
    public async Task What_belonged_to_a_discarded_draft_is_gone_with_it()
    {
        var draft = await world.Draft(solicitor);
        var document = await world.AddChecked(solicitor, draft, ExampleFiles.Pdf());
        Assert.True((await new DiscardDraft(world.Units).Handle(solicitor, draft, Ct)).IsDone);
        Assert.False(await Opens(solicitor, document));
        await world.Worker().RunDue(Ct);
        Assert.Equal("removed", (await world.Stored(document)).State);
        Assert.False(await world.HasBytes(document));
    }

    [Fact]
    public async Task An_upload_that_nobody_goes_on_with_is_given_up_after_a_day_and_what_is_there_stays()
    {
        var draft = await world.Draft(solicitor);
        var whole = await world.AddChecked(solicitor, draft, ExampleFiles.Pdf());
        var begun = (await Begin(solicitor, draft, 5000, "half.pdf")).Value!;
        await new ReceiveChunk(world.Units, world.Store).Handle(solicitor, begun.Id, 0, new MemoryStream(new byte[2000]), Ct);

        world.Clock.Advance(DocumentLimits.Abandoned - TimeSpan.FromMinutes(1));
        await world.Worker().RunDue(Ct);
        Assert.Equal("uploading", (await world.Stored(begun.Id)).State);
        world.Clock.Advance(TimeSpan.FromMinutes(2));
        await world.Worker().RunDue(Ct);
        Assert.Equal("removed", (await world.Stored(begun.Id)).State);
        Assert.False(await world.HasBytes(begun.Id));
        Assert.True(await world.HasBytes(whole));
    }

    [Fact]
    public async Task One_s_own_document_can_be_taken_back_until_triage_begins()
    {
        var early = await world.Database.AddReferral(state: ReferralState.Submitted);
        var document = await world.AddChecked(solicitor, early.Id, ExampleFiles.Pdf());
        var partner = await world.Database.Actor(Partner);
        Assert.IsType<Failure.Missing>((await new RemoveDocument(world.Units).Handle(partner, document, Ct)).Failure); // not the one who added it
        Assert.True((await new RemoveDocument(world.Units).Handle(solicitor, document, Ct)).IsDone);
        await world.Worker().RunDue(Ct);
        Assert.False(await world.HasBytes(document));
        Assert.IsType<Failure.Missing>((await new RemoveDocument(world.Units).Handle(solicitor, document, Ct)).Failure); // again

        var late = await world.Database.AddReferral(state: ReferralState.InTriage);
        document = await world.AddChecked(solicitor, late.Id, ExampleFiles.Pdf());
        Assert.IsType<Failure.Refused>((await new RemoveDocument(world.Units).Handle(solicitor, document, Ct)).Failure);
        Assert.True(await Opens(solicitor, document));
        var infected = await world.AddChecked(solicitor, late.Id, ExampleFiles.Eicar);
        Assert.True((await new RemoveDocument(world.Units).Handle(solicitor, infected, Ct)).IsDone);
    }

    [Theory]
    [InlineData(ReferralState.Closed)]
    [InlineData(ReferralState.Declined)]
    [InlineData(ReferralState.Withdrawn)]
    public async Task Nothing_is_added_to_a_referral_that_has_ended(ReferralState ended)
    {
        var referral = await world.Database.AddReferral(state: ended);
        Assert.IsType<Failure.Refused>((await Begin(solicitor, referral.Id, 100)).Failure);
        Assert.False((await new ListDocuments(world.Units).Handle(solicitor, referral.Id, false, Ct)).Value!.MayAdd);
    }

    [Fact]
    public async Task A_payer_reads_and_adds_nothing()
    {
        var referral = await world.Database.AddReferral(others: [(Funder, PartyRole.Funder)]);
        Assert.IsType<Failure.Refused>((await Begin(await world.Database.Actor(Funder), referral.Id, 100)).Failure);
    }

    [Fact]
    public async Task A_document_is_described_by_whoever_added_it_and_a_stale_description_is_told()
    {
        var referral = await world.Database.AddReferral();
        var id = await world.AddChecked(solicitor, referral.Id, ExampleFiles.Pdf());
        var describing = new DescribeDocument(world.Units, world.Clock);
        Assert.True((await describing.Handle(solicitor, new(id, 1, DocumentKind.MedicalReport, new("3", "11", "2025"), " Dr Ngozi Adeyemi "), Ct)).IsDone);
        var listed = Assert.Single(await Listed(solicitor, referral.Id));
        Assert.Equal((DocumentKind.MedicalReport, new DateOnly(2025, 11, 3), "Dr Ngozi Adeyemi"), (listed.Kind.Value, listed.DatedOn!.Value, listed.Author));

        Assert.IsType<Failure.Conflict>((await describing.Handle(solicitor, new(id, 1, DocumentKind.Other, DateParts.Empty, ""), Ct)).Failure);
        Assert.IsType<Failure.Missing>((await describing.Handle(await world.Database.Actor(Partner), new(id, 2, DocumentKind.Other, DateParts.Empty, ""), Ct)).Failure);
        Assert.Equal(["Document.DatedOn"], Assert.IsType<Failure.Invalid>((await describing.Handle(solicitor, new(id, 2, DocumentKind.Other, new("1", "1", "2099"), ""), Ct)).Failure).Errors.Keys);
    }

    [Fact]
    public async Task A_name_in_any_script_is_kept_and_stands_in_no_log_no_message_and_no_audit_entry()
    {
        const string name = "患者報告書 👩‍⚕️ דוח רפואי – Zephyrine.pdf";
        var referral = await world.Database.AddReferral();
        var id = await world.AddChecked(solicitor, referral.Id, ExampleFiles.Pdf(), name);
        Assert.Equal(name, (await world.Stored(id)).FileName);
        Assert.Equal(name, Assert.Single(await Listed(await world.Database.Actor(Triage), referral.Id)).FileName);
        Assert.Equal(name, (await new OpenDocument(world.Units).Handle(solicitor, id, AuditAction.OpenDocument, Ct)).Value!.FileName);

        await using var connection = await world.Database.Owner();
        foreach (var text in await connection.QueryAsync<string>("select detail::text from audit_entry union all select payload::text from outbox_message"))
            Assert.DoesNotContain("Zephyrine", text);
    }

    /// <summary>A scanner that answers as a test says.</summary>
    sealed class Answers(Func<Stream, ScanVerdict> answer) : IMalwareScanner
    {
        public Task<ScanVerdict> Scan(Stream content, CancellationToken ct) => Task.FromResult(answer(content));
    }

    /// <summary>A store that breaks where a test says.</summary>
    sealed class Breaking(IDocumentStore inner) : IDocumentStore
    {
        public Action OnOpen { get; init; } = () => { };
        public Action OnDelete { get; init; } = () => { };

        public Task<long> Append(Guid document, long offset, Stream content, long most, CancellationToken ct) => inner.Append(document, offset, content, most, ct);

        public Task<Stream?> Open(Guid document, CancellationToken ct)
        {
            OnOpen();
            return inner.Open(document, ct);
        }

        public Task Delete(Guid document, CancellationToken ct)
        {
            OnDelete();
            return inner.Delete(document, ct);
        }
    }

    /// <summary>A sender whose connection breaks after so many bytes.</summary>
    sealed class BreaksOff(byte[] bytes, int after) : MemoryStream(bytes, 0, after)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            await base.ReadAsync(buffer, cancellationToken) is > 0 and var read ? read : throw new IOException("The connection was reset.");
    }

    /// <summary>A sender that has begun and does not go on.</summary>
    sealed class Slow : MemoryStream
    {
        readonly TaskCompletionSource reading = new(), ending = new();

        public Task Reading => reading.Task;

        public void End() => ending.SetResult();

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            reading.TrySetResult();
            await ending.Task;
            return 0;
        }
    }
}
