using System.Net;
using System.Net.Sockets;
using ReferralPortal.Database.Local;

namespace ReferralPortal.Web.Tests.Database.Local;

public sealed class FreePortTests
{
    /// <summary>A mail server of the tests did not start: its port, found free, had gone to a connection that somebody opened meanwhile.</summary>
    [Fact]
    public void A_free_port_is_none_that_the_system_gives_to_outgoing_connections()
    {
        for (var time = 0; time < 50; time++)
        {
            var port = LocalProcess.FreePort();
            Assert.InRange(port, 1024, 32767);
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
        }
    }
}
