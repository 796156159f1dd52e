using System.Text;
using ReferralPortal.Domain;
using ReferralPortal.Web.Features.Referrals.List;

namespace ReferralPortal.Web.Features.Referrals.Portfolio;

/// <summary>Which patients are looked at.</summary>
public enum PortfolioView
{
    /// <summary>Something waits for the reader.</summary>
    Waiting,
    /// <summary>Not getting better, or not seen.</summary>
    Stuck,
    /// <summary>Missed an appointment.</summary>
    Missed,
    /// <summary>Getting better.</summary>
    Improving,
    /// <summary>Everybody in hand.</summary>
    All,
}

/// <summary>What the portfolio shows, as its address says it.</summary>
public sealed record PortfolioFilter
{
    public PortfolioView View { get; init; } = PortfolioView.All;
    /// <summary>Only referrals that the reader sent, not a colleague.</summary>
    public bool Own { get; init; }
    /// <summary>Oldest first instead of newest first.</summary>
    public bool OldestFirst { get; init; }
    /// <summary>The last one of the page before; null for the first page.</summary>
    public PagePlace? After { get; init; }

    /// <summary>Reads an address. What is not understood is left out: an old link shows something rather than a fault.</summary>
    public static PortfolioFilter From(string? view, string? own, string? sort, string? after) => new()
    {
        View = EnumText.TryParse<PortfolioView>(view, out var known) ? known : PortfolioView.All,
        Own = own == "1",
        OldestFirst = sort == "oldest",
        After = PagePlace.TryParse(after, out var place) ? place : null,
    };

    /// <summary>The address of the portfolio that asks this.</summary>
    public string Address
    {
        get
        {
            var address = new StringBuilder("/portfolio");
            if (View != PortfolioView.All) Add("view", EnumText.Of(View));
            if (Own) Add("own", "1");
            if (OldestFirst) Add("sort", "oldest");
            if (After is { } after) Add("after", after.ToString());
            return address.ToString();

            void Add(string name, string value) => address.Append(address.ToString().Contains('?') ? '&' : '?').Append(name).Append('=').Append(value);
        }
    }

    /// <summary>The same question from its first page.</summary>
    public PortfolioFilter FirstPage => this with { After = null };
}
