using Microsoft.EntityFrameworkCore;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Benchmarks;

/// <summary>The same submission as a seasoned EF Core user writes it: a pooled context, one transaction, one SaveChanges.</summary>
static class EfCoreSubmit
{
    static PooledDbContextFactoryOf? contexts;

    public static async Task Run(PortalTestDatabase world, Actor actor, CatalogueContent content)
    {
        contexts ??= new(world.AppConnection);
        await using var context = contexts.Create();
        await using var transaction = await context.Database.BeginTransactionAsync();
        var (id, now) = (Guid.CreateVersion7(), DateTime.UtcNow);
        // The message goes along with act_as: it has an identity that the portal may not read back, which EF Core would ask for.
        await context.Database.ExecuteSqlAsync($"select portal.act_as({actor.UserId}); insert into outbox_message (kind, referral_id, payload) values ('referral_submitted', {id}, '{{}}')");
        Guid[] readers = [actor.OrganisationId, content.Group.Id];
        var reference = $"E-{id:N}"; // no collision, which the use case would answer and this could not
        context.Add(new Patient
        {
            Id = id, GivenName = "Niamh", FamilyName = "O’Connor-Blythe", DateOfBirth = new(1984, 3, 12), Sex = "female", NhsNumber = "9434765919", Address = "7 Weavers Court, Salford",
            Postcode = "M3 6BZ", Phone = "+447700900123", Email = "niamh@example.org", PreferredContact = "phone", Readers = readers, CreatedAt = now,
        });
        context.Add(new Referral
        {
            Id = id, Reference = reference, State = "submitted", Priority = "routine", PatientId = id, ReferringOrganisationId = actor.OrganisationId, ReferrerId = actor.UserId,
            ConditionSlug = content.Conditions[0].Slug, OurReference = "NL/2026/00123", ClaimReference = "RB-778812", IncidentDate = new(2025, 9, 1), DueFor = "triage", DueAt = now.AddDays(1),
            SubmittedAt = now, StateSince = now, Readers = readers, CreatedAt = now,
        });
        context.Add(new Detail
        {
            ReferralId = id, IncidentMechanism = "road_traffic", IncidentAccount = "Struck from behind while waiting at traffic lights.",
            InjuryRegions = """[{"region":"neck","side":"not_applicable"},{"region":"shoulder","side":"left"}]""", Symptoms = "Stiff neck, worse in the morning.", PainNow = 6, WorkStatus = "working_adjusted",
            RedFlagAnswers = PortalJson.Text(content.RedFlagQuestions.Select(question => new { key = question.Key, answer = "no", wording = question.WordingVersion, onceYes = false })),
            ClaimType = "road_traffic", Liability = "admitted", LowerValueClaim = true, PayerKind = "somebody_else", PayerName = "Ribble Insurance", ConsentTakenBy = "Amara Okafor", ConsentTakenOn = new(2025, 9, 2),
            ConsentMethod = "verbally", ConsentToShareWith = ["referrer"], ConsentWords = Web.Features.Referrals.Submit.ReferralForm.ConsentWords, Services = ["initial_assessment", "treatment"],
        });
        context.Add(new Party { ReferralId = id, OrganisationId = actor.OrganisationId, Role = "referrer", State = "submitted", SubmittedAt = now });
        context.Add(new Party { ReferralId = id, OrganisationId = content.Group.Id, Role = "treating_clinic", State = "submitted", SubmittedAt = now });
        context.Add(new Authority { Id = Guid.CreateVersion7(), ReferralId = id, PayerName = "Ribble Insurance", Sessions = 6, Pounds = 450, GivenAt = now, CreatedAt = now });
        context.Add(new Search { ReferralId = id, Readers = readers, SubmittedAt = now, Words = $"{reference} niamh o’connor-blythe 12/03/1984 1984-03-12 9434765919 rb-778812 nl/2026/00123".ToLowerInvariant() });
        context.Add(new Event { Id = Guid.CreateVersion7(), ReferralId = id, At = now, ActorId = actor.UserId, ActorName = actor.DisplayName, OrganisationId = actor.OrganisationId, Action = "submit", FromState = "draft", ToState = "submitted", Version = 1 });
        context.Add(new Audit { Id = Guid.CreateVersion7(), At = now, ActorId = actor.UserId, OrganisationId = actor.OrganisationId, Action = "submit", ReferralId = id, Detail = "{}" });
        await context.SaveChangesAsync();
        await transaction.CommitAsync();
    }

    sealed class PooledDbContextFactoryOf(string connection)
    {
        readonly Microsoft.EntityFrameworkCore.Infrastructure.PooledDbContextFactory<Context> pool = new(new DbContextOptionsBuilder<Context>().UseNpgsql(connection).Options, 64);
        public Context Create() => pool.CreateDbContext();
    }

    sealed class Context(DbContextOptions<Context> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder model)
        {
            model.Entity<Patient>().ToTable("patient");
            model.Entity<Referral>().ToTable("referral").HasOne<Patient>().WithMany().HasForeignKey(row => row.PatientId);
            model.Entity<Detail>(detail =>
            {
                detail.ToTable("referral_detail").HasKey(row => row.ReferralId);
                detail.Property(row => row.InjuryRegions).HasColumnType("jsonb");
                detail.Property(row => row.RedFlagAnswers).HasColumnType("jsonb");
                detail.HasOne<Referral>().WithMany().HasForeignKey(row => row.ReferralId);
            });
            model.Entity<Party>(party =>
            {
                party.ToTable("referral_party").HasKey(row => new { row.ReferralId, row.OrganisationId, row.Role });
                party.HasOne<Referral>().WithMany().HasForeignKey(row => row.ReferralId);
            });
            model.Entity<Authority>().ToTable("funding_authority").HasOne<Referral>().WithMany().HasForeignKey(row => row.ReferralId);
            model.Entity<Search>(search =>
            {
                search.ToTable("referral_search").HasKey(row => row.ReferralId);
                search.HasOne<Referral>().WithMany().HasForeignKey(row => row.ReferralId);
            });
            model.Entity<Event>().ToTable("referral_event").HasOne<Referral>().WithMany().HasForeignKey(row => row.ReferralId);
            model.Entity<Audit>().ToTable("audit_entry").Property(row => row.Detail).HasColumnType("jsonb");
            foreach (var property in model.Model.GetEntityTypes().SelectMany(entity => entity.GetProperties()))
                property.SetColumnName(Domain.EnumText.SnakeCase(property.Name));
        }
    }

    sealed class Patient { public Guid Id { get; set; } public string GivenName { get; set; } = ""; public string FamilyName { get; set; } = ""; public DateOnly DateOfBirth { get; set; } public string Sex { get; set; } = ""; public string? NhsNumber { get; set; } public string Address { get; set; } = ""; public string Postcode { get; set; } = ""; public string? Phone { get; set; } public string? Email { get; set; } public string PreferredContact { get; set; } = ""; public bool HomeVisitNeeded { get; set; } public Guid[] Readers { get; set; } = []; public DateTime CreatedAt { get; set; } }
    sealed class Referral { public Guid Id { get; set; } public string Reference { get; set; } = ""; public string State { get; set; } = ""; public string Priority { get; set; } = ""; public Guid PatientId { get; set; } public Guid ReferringOrganisationId { get; set; } public Guid ReferrerId { get; set; } public string? ConditionSlug { get; set; } public string? OurReference { get; set; } public string? ClaimReference { get; set; } public DateOnly? IncidentDate { get; set; } public string? DueFor { get; set; } public DateTime? DueAt { get; set; } public DateTime SubmittedAt { get; set; } public DateTime StateSince { get; set; } public Guid[] Readers { get; set; } = []; public DateTime CreatedAt { get; set; } }
    sealed class Detail { public Guid ReferralId { get; set; } public string? IncidentMechanism { get; set; } public string? IncidentAccount { get; set; } public string InjuryRegions { get; set; } = "[]"; public string? Symptoms { get; set; } public int? PainNow { get; set; } public string? WorkStatus { get; set; } public string RedFlagAnswers { get; set; } = "[]"; public string? ClaimType { get; set; } public string? Liability { get; set; } public bool? LowerValueClaim { get; set; } public string? PayerKind { get; set; } public string? PayerName { get; set; } public string? ConsentTakenBy { get; set; } public DateOnly? ConsentTakenOn { get; set; } public string? ConsentMethod { get; set; } public string[] ConsentToShareWith { get; set; } = []; public string? ConsentWords { get; set; } public string[] Services { get; set; } = []; }
    sealed class Party { public Guid ReferralId { get; set; } public Guid OrganisationId { get; set; } public string Role { get; set; } = ""; public string State { get; set; } = ""; public DateTime SubmittedAt { get; set; } }
    sealed class Authority { public Guid Id { get; set; } public Guid ReferralId { get; set; } public string PayerName { get; set; } = ""; public int? Sessions { get; set; } public decimal? Pounds { get; set; } public DateTime GivenAt { get; set; } public DateTime CreatedAt { get; set; } }
    sealed class Search { public Guid ReferralId { get; set; } public Guid[] Readers { get; set; } = []; public DateTime SubmittedAt { get; set; } public string Words { get; set; } = ""; }
    sealed class Event { public Guid Id { get; set; } public Guid ReferralId { get; set; } public DateTime At { get; set; } public Guid ActorId { get; set; } public string ActorName { get; set; } = ""; public Guid OrganisationId { get; set; } public string Action { get; set; } = ""; public string? FromState { get; set; } public string ToState { get; set; } = ""; public int Version { get; set; } }
    sealed class Audit { public Guid Id { get; set; } public DateTime At { get; set; } public Guid ActorId { get; set; } public Guid OrganisationId { get; set; } public string Action { get; set; } = ""; public Guid? ReferralId { get; set; } public string Detail { get; set; } = "{}"; }
}
