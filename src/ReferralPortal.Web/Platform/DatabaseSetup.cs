using System.Xml.Linq;
using Dapper;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.Options;
using Npgsql;
using ReferralPortal.Database;

namespace ReferralPortal.Web.Platform;

/// <summary>Registers the database and what stands directly on it.</summary>
public static class DatabaseSetup
{
    /// <summary>Adds the data sources, units of work, live updates, and data-protection keys kept in the database so that any node reads any node's cookies.</summary>
    public static WebApplicationBuilder AddPortalDatabase(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton(services =>
        {
            var configuration = services.GetRequiredService<IConfiguration>();
            var writing = configuration.GetConnectionString("Portal")
                ?? throw new InvalidOperationException("ConnectionStrings:Portal is not set; see docs/configuration.md.");
            var reading = configuration.GetConnectionString("PortalRead") ?? writing;
            var logging = services.GetRequiredService<ILoggerFactory>();
            var writer = Source(writing, logging);
            return new PortalDataSources(writer, reading == writing ? writer : Source(reading, logging));
        });
        builder.Services.AddSingleton(services => services.GetRequiredService<PortalDataSources>().Writing);
        builder.Services.AddSingleton<PortalDatabase>();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<LiveUpdates>();
        builder.Services.AddHostedService(services => services.GetRequiredService<LiveUpdates>());

        builder.Services.AddDataProtection().SetApplicationName("ReferralPortal");
        builder.Services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(services =>
            new ConfigureOptions<KeyManagementOptions>(options => options.XmlRepository = new KeysInDatabase(services.GetRequiredService<PortalDataSources>())));
        return builder;
    }

    static NpgsqlDataSource Source(string connectionString, ILoggerFactory logging) =>
        PortalDataSources.Pool(PortalConnection.ForPortal(connectionString), logging);

    sealed class KeysInDatabase(PortalDataSources sources) : IXmlRepository
    {
        public IReadOnlyCollection<XElement> GetAllElements()
        {
            using var connection = sources.Writing.OpenConnection();
            return [.. connection.Query<string>("select xml from data_protection_key order by friendly_name").Select(XElement.Parse)];
        }

        public void StoreElement(XElement element, string friendlyName)
        {
            using var connection = sources.Writing.OpenConnection();
            connection.Execute("insert into data_protection_key (friendly_name, xml) values (@friendlyName, @xml) on conflict do nothing",
                new { friendlyName, xml = element.ToString(SaveOptions.DisableFormatting) });
        }
    }
}
