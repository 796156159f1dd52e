using ReferralPortal.Domain.Calendars;
using ReferralPortal.Domain.Organisations;
using ReferralPortal.Domain.Progress;
using ReferralPortal.Domain.Referrals;
using static ReferralPortal.Domain.Progress.ReportAudience;
using static ReferralPortal.Domain.Progress.ReportKind;

namespace ReferralPortal.Domain.Tests.Progress;

/// <summary>Which report is written when, and who reads which part of it.</summary>
public sealed class ReportRulesTests
{
    static readonly ReportKind[] Kinds = Enum.GetValues<ReportKind>();

    [Theory]
    [InlineData(ReferralState.Draft)]
    [InlineData(ReferralState.Submitted)]
    [InlineData(ReferralState.InTriage, Triage)]
    [InlineData(ReferralState.InformationRequested, Triage)]
    [InlineData(ReferralState.Accepted, Triage, ImmediateNeeds)]
    [InlineData(ReferralState.AppointmentBooked, Triage, ImmediateNeeds)]
    [InlineData(ReferralState.InTreatment, InitialAssessment, ReportKind.Progress, TreatmentExtension, Discharge, ImmediateNeeds)]
    [InlineData(ReferralState.Discharged, InitialAssessment, ReportKind.Progress, Discharge)]
    [InlineData(ReferralState.Closed, InitialAssessment, Discharge)]
    [InlineData(ReferralState.Declined)]
    [InlineData(ReferralState.Withdrawn)]
    public void Each_report_is_begun_in_its_states_and_by_clinicians_alone(ReferralState state, params ReportKind[] kinds)
    {
        Assert.Equal(kinds, ReportRules.MayBegin(state, [Capacity.Clinician]));
        Assert.Equal(kinds, ReportRules.MayBegin(state, [Capacity.ClinicAdministrator, Capacity.Clinician]));
        Assert.Empty(ReportRules.MayBegin(state, [Capacity.ClinicAdministrator]));
        Assert.Empty(ReportRules.MayBegin(state, [Capacity.Referrer]));
    }

    [Fact]
    public void What_was_begun_may_be_signed_after_the_referral_has_moved_on_or_ended_and_never_before()
    {
        foreach (var kind in Kinds)
        {
            Assert.All(ReportRules.Of(kind).Begun, state => Assert.True(ReportRules.MaySign(kind, state)));
            Assert.All((ReferralState[])[ReferralState.Discharged, ReferralState.Closed, ReferralState.Withdrawn], state => Assert.True(ReportRules.MaySign(kind, state)));
            Assert.False(ReportRules.MaySign(kind, ReferralState.Submitted));
        }
        Assert.False(ReportRules.MaySign(Discharge, ReferralState.Accepted));
    }

    [Fact]
    public void Two_reports_keep_a_promise() =>
        Assert.Equal([(InitialAssessment, Target.InitialReport), (Discharge, Target.DischargeReport)], ReportRules.Table.Where(row => row.Keeps is not null).Select(row => (row.Kind, row.Keeps!.Value)));

    [Theory]
    [InlineData(true, false, false, true)]
    [InlineData(false, true, false, false)]
    [InlineData(false, true, true, true)]
    [InlineData(false, false, true, false)]
    public void The_author_answers_for_a_report_and_a_manager_once_the_author_has_left(bool author, bool manager, bool left, bool may) =>
        Assert.Equal(may, ReportRules.MayAnswerFor(author, manager, left));

    // Every part of every kind, and who of the outside does not read it.
    [Theory]
    [InlineData(Triage, "contact regions view plan next", "Employer")]
    [InlineData(Triage, "symptoms safety", "Employer Funder")]
    [InlineData(Triage, "work", "")]
    [InlineData(InitialAssessment, "subjective", "Employer Funder")]
    [InlineData(InitialAssessment, "objective regions analysis goals scores plan prognosis", "Employer")]
    [InlineData(InitialAssessment, "work", "")]
    [InlineData(ReportKind.Progress, "treatment progress scores goals barriers next", "Employer")]
    [InlineData(ReportKind.Progress, "attendance work", "")]
    [InlineData(TreatmentExtension, "treatment progress scores goals barriers ask declined", "Employer")]
    [InlineData(TreatmentExtension, "attendance work", "")]
    [InlineData(Discharge, "treatment progress scores goals residual prognosis home reason", "Employer")]
    [InlineData(Discharge, "attendance work", "")]
    [InlineData(ImmediateNeeds, "injuries disability domestic mobility accommodation employment needs intervention marker_age marker_before marker_work marker_dependants marker_geography marker_capacity marker_daily marker_goals marker_trauma marker_time", "Employer")]
    public void Who_does_not_read_a_part(ReportKind kind, string parts, string hiddenFrom)
    {
        var hidden = hiddenFrom.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Enum.Parse<ReportAudience>).ToHashSet();
        foreach (var key in parts.Split(' '))
            foreach (var audience in Enum.GetValues<ReportAudience>())
                Assert.True(ReportAudiences.Parts(audience, kind).Any(part => part.Key == key) != hidden.Contains(audience), $"{audience} and {key} of {kind}");
    }

    [Fact]
    public void The_table_above_names_every_part_of_every_kind()
    {
        var named = typeof(ReportRulesTests).GetMethod(nameof(Who_does_not_read_a_part))!.GetCustomAttributes(typeof(InlineDataAttribute), false).Cast<InlineDataAttribute>()
            .SelectMany(row => ((string)row.Data[1]!).Split(' ').Select(part => ((ReportKind)row.Data[0]!, part))).Order();
        Assert.Equal(Kinds.SelectMany(kind => ReportForms.Of(kind).Select(part => (kind, part.Key))).Order(), named);
    }

    [Fact]
    public void Both_sides_read_the_same_of_an_immediate_needs_assessment_and_an_employer_does_not_learn_of_it()
    {
        Assert.Equal(ReportAudiences.Parts(Referrer, ImmediateNeeds), ReportAudiences.Parts(Funder, ImmediateNeeds));
        Assert.Equal(10, ReportForms.Of(ImmediateNeeds).Count(part => part.Key.StartsWith("marker_", StringComparison.Ordinal)));
        Assert.False(ReportAudiences.Reads(Employer, ImmediateNeeds));
        Assert.DoesNotContain(ImmediateNeeds, ReportAudiences.Kinds(Employer));
        Assert.Equal(Kinds, ReportAudiences.Kinds(Funder));
    }

    [Theory]
    [InlineData(OrganisationKind.Solicitor, Referrer, PartyRole.Referrer)]
    [InlineData(OrganisationKind.Solicitor, InstructingParty, PartyRole.InstructingParty)]
    [InlineData(OrganisationKind.CaseManager, CaseManager, PartyRole.CaseManager)]
    [InlineData(OrganisationKind.CaseManager, Referrer, PartyRole.Referrer, PartyRole.CaseManager)]
    [InlineData(OrganisationKind.Funder, Funder, PartyRole.Funder)]
    [InlineData(OrganisationKind.Funder, Funder, PartyRole.Referrer)] // whoever pays reads as who pays
    [InlineData(OrganisationKind.HealthOrganisation, Funder, PartyRole.Funder)]
    [InlineData(OrganisationKind.Employer, Employer, PartyRole.Referrer)]
    [InlineData(OrganisationKind.Employer, Employer, PartyRole.CaseManager)]
    [InlineData(OrganisationKind.ClinicGroup, Clinic, PartyRole.TreatingClinic)]
    [InlineData(OrganisationKind.ClinicGroup, null, PartyRole.Referrer)]
    [InlineData(OrganisationKind.Solicitor, null, PartyRole.TreatingClinic)]
    [InlineData(OrganisationKind.Solicitor, null)]
    public void A_party_reads_as_what_it_is(OrganisationKind kind, ReportAudience? audience, params PartyRole[] roles) => Assert.Equal(audience, ReportAudiences.Of(roles, kind));
}
