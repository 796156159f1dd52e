using ReferralPortal.Domain;
using ReferralPortal.Domain.Funding;
using ReferralPortal.Web.Features.Funding;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Tests.Features.Funding;

public sealed class FundingBalanceTests
{
    static readonly DateTimeOffset Given = new(2026, 11, 2, 9, 0, 0, TimeSpan.Zero);
    static readonly DateOnly Ends = new(2026, 12, 31);

    static DateTimeOffset On(int day) => LondonTime.Instant(new(2026, 12, day), new TimeOnly(10, 0));

    sealed record Line(int? Sessions, Modality? Modality = null, decimal? Pounds = null, DateOnly? Ends = null, bool Withdrawn = false);

    static FundingBalance Of(DateTimeOffset[] bookings, params Line[][] authorities)
    {
        var (lines, payers) = (new List<LedgerLine>(), new List<PayersAuthority>());
        foreach (var ledger in authorities)
        {
            var id = Guid.NewGuid();
            List<LedgerLine> own =
            [
                .. ledger.Select((line, place) => new LedgerLine(id, line.Withdrawn ? AuthorityEntryKind.Withdrawn : place == 0 ? AuthorityEntryKind.Authorised : AuthorityEntryKind.Extended,
                    line.Sessions, line.Pounds, line.Modality is { } way ? new Coded<Modality>(way) : null, line.Ends, null, null, Given, "Somebody")),
            ];
            lines.AddRange(own);
            payers.Add(new(id, new(id, null, "A payer", null, null, null, Given, null, "letter", null, 1), Authority.From(own.Select(line => line.Entry))));
        }
        return new(payers, lines, bookings);
    }

    [Fact]
    public void A_booking_is_moved_within_what_is_authorised_without_a_word()
    {
        var balance = Of([On(1), On(8)], [new Line(2, Ends: Ends)]);
        Assert.Null(balance.BeyondMoved(On(1), On(15)));
        Assert.Null(balance.BeyondMoved(On(8), On(1).AddHours(2)));
        Assert.Contains("more than is authorised", balance.Beyond(1, new(2026, 12, 15)), StringComparison.Ordinal);
    }

    [Fact]
    public void Past_the_last_day_or_after_a_withdrawal_it_is_said_as_for_a_new_booking()
    {
        var late = LondonTime.Instant(Ends.AddDays(1), new TimeOnly(9, 0));
        Assert.Equal("The authority ends on 31 Dec 2026, before this.", Of([On(1)], [new Line(2, Ends: Ends)]).BeyondMoved(On(1), late));
        Assert.Contains("withdrawn", Of([On(1)], [new Line(2), new Line(null, Withdrawn: true)]).BeyondMoved(On(1), On(1).AddHours(1)), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_more_bookings_than_are_paid_for_only_those_at_the_end_are_asked_about()
    {
        var balance = Of([On(1), On(8), On(15)], [new Line(2)]);
        Assert.Null(balance.BeyondMoved(On(1), On(2)));
        Assert.Null(balance.BeyondMoved(On(15), On(4)));
        Assert.Equal("This is 1 more than is authorised.", balance.BeyondMoved(On(15), On(16)));
        Assert.Equal("This is 1 more than is authorised.", balance.BeyondMoved(On(1), On(22)));
    }

    [Fact]
    public void The_ways_are_those_of_every_authority_that_reaches_the_day()
    {
        var day = new DateOnly(2026, 12, 1);
        Assert.Equal([Modality.Hydrotherapy], Of([], [new Line(6, Modality.Hydrotherapy)]).Ways(day));
        Assert.Equal([Modality.InClinic, Modality.Hydrotherapy], Of([], [new Line(6, Modality.InClinic), new Line(2, Modality.Hydrotherapy)]).Ways(day));
        Assert.Equal([Modality.Remote], Of([], [new Line(6, Ends: new(2026, 11, 30))], [new Line(2, Modality.Remote)]).Ways(day));
        // A new last day is no way of its own; an authority for any way is for all of them, also for money alone.
        Assert.Equal([Modality.Hydrotherapy], Of([], [new Line(6, Modality.Hydrotherapy), new Line(null, Ends: Ends)]).Ways(day));
        Assert.Null(Of([], [new Line(6, Modality.Hydrotherapy)], [new Line(null, Pounds: 200)]).Ways(day));
        Assert.Null(Of([], [new Line(6, Modality.Hydrotherapy), new Line(null, Withdrawn: true)]).Ways(day));
        Assert.Null(Of([]).Ways(day));
    }

    [Fact]
    public void The_way_is_said_with_the_balance()
    {
        Assert.Equal("6 of 6 authorised sessions can still be booked: 0 used, 0 booked. The authority ends on 31 Dec 2026. Authorised for hydrotherapy only.", Of([], [new Line(6, Modality.Hydrotherapy, Ends: Ends)]).Words);
        Assert.Equal("The payer has set no number of sessions. Authorised for treatment in clinic and treatment by telephone or video only.", Of([], [new Line(null, Modality.InClinic, 200)], [new Line(null, Modality.Remote, 100)]).Words);
        Assert.Equal("6 of 6 authorised sessions can still be booked: 0 used, 0 booked.", Of([], [new Line(6)]).Words);
    }
}
