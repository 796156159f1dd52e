using ReferralPortal.Web.Features.Invoices.Fees;

namespace ReferralPortal.Web.Features.Invoices;

/// <summary>Registers prices, statements and the monthly run.</summary>
public static class InvoicesFeature
{
    public static IServiceCollection AddInvoices(this IServiceCollection services) => services
        .AddScoped<ReadFees>()
        .AddScoped<SaveFees>()
        .AddScoped<PreviewRun>()
        .AddScoped<IssueInvoice>()
        .AddScoped<CreditLine>()
        .AddScoped<ListInvoices>()
        .AddScoped<ReadInvoice>()
        .AddScoped<ReadStatement>()
        .AddSingleton<InvoiceFiles>();
}
