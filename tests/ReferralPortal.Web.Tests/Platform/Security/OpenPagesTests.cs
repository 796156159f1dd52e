using ReferralPortal.Web.Platform.Security;
using ReferralPortal.Web.Platform.SignIn;
using Xunit;

namespace ReferralPortal.Web.Tests.Platform.Security;

public class OpenPagesTests
{
    readonly OpenPages pages = new(new PortalLimits { CircuitsPerUser = 2 });
    readonly Guid person = Guid.NewGuid();
    readonly List<string> closed = [];

    [Fact]
    public void One_page_too_many_closes_the_oldest()
    {
        Open("first");
        Open("second");
        Assert.Empty(closed);
        Open("third");
        Open("fourth");
        Assert.Equal(["first", "second"], closed);
    }

    [Fact]
    public void A_closed_page_makes_room()
    {
        var first = Open("first");
        Open("second");
        pages.Closed(person, first);
        Open("third");
        Assert.Empty(closed);
    }

    [Fact]
    public void Pages_of_different_people_do_not_crowd_each_other()
    {
        Open("first");
        Open("second");
        pages.Opened(Guid.NewGuid(), Page("somebody else's"));
        Assert.Empty(closed);
    }

    [Fact]
    public void Connections_beyond_the_limit_and_its_grace_are_refused_until_one_ends()
    {
        for (var connection = 0; connection < 7; connection++) Assert.True(pages.TryConnect(person));
        Assert.False(pages.TryConnect(person));
        Assert.False(pages.TryConnect(person));
        pages.Disconnected(person);
        Assert.True(pages.TryConnect(person));
    }

    OpenPage Open(string name)
    {
        var page = Page(name);
        pages.Opened(person, page);
        return page;
    }

    OpenPage Page(string name)
    {
        var page = new OpenPage(pages, null!, new SignedInActivity(TimeProvider.System));
        page.Superseded += () => closed.Add(name);
        return page;
    }
}
