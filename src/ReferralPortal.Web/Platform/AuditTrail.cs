using ReferralPortal.Domain;

namespace ReferralPortal.Web.Platform;

/// <summary>What the audit trail records. Every write, and every read of a patient's record.</summary>
public enum AuditAction
{
    StartDraft, ListDrafts, OpenDraft, SaveDraft, DiscardDraft, Submit,
    ViewReferral, ViewReport, PrintReport, SearchReferrals, ListReferrals,
    StartTriage, AskForInformation, Answer, Accept, Decline, Withdraw,
    AcknowledgeAlert, ClearRedFlag,
    BookAppointment, MoveAppointment, CancelAppointment, RecordAttendance,
    RecordAssessment, RecordScore, RecordGoal,
    WriteReport, SignReport, AmendReport,
    Discharge, Close, Reopen,
    SignIn, SignOut, LinkAccount, DisableAccount, EnableAccount,
    ViewAudit,
    SendMail, FailMail, ListMail, SendMailAgain, GiveUpMail, ChooseNotifications,
    AddDocument, ReceiveDocument, ClearDocument, FindThreat, RefuseDocument, ListDocuments, OpenDocument, PreviewDocument, DescribeDocument, RemoveDocument,
    FindOwnReferrals, FindDuplicates, DecideDuplicate, UndoDuplicateDecision, FindConflicts, DeclareIndependence, RaiseAlert, EscalateAlert,
    StartImport, OpenImport, MapImport, EditImportRow, ReturnImportRows, SendImport, StopImport, DraftImportRow, DownloadImportRows, DiscardImport, DeleteImport, ExportReferrals,
    SaveOrganisation, CopyReferral, SuggestClinics, OpenAmendment, AmendReferral,
    SaveClinic, SaveClinicHours, SaveRoom, SaveClosure, CloseClinic, ReopenClinic, SaveAccount, AddAccount, SavePattern, SaveLeave, DisableOrganisation, EnableOrganisation,
    PauseClock, ResumeClock, SaveAgreement,
    AssignReferral, SaveView, DeleteView,
    ForwardReferral, ChangePriority, UndoDecision, ViewHistory, SaveStandardText, MoveStandardText, LogContact,
    HoldSlot, ReleaseSlot, ReadCalendar, RenewCalendar, EndCalendar,
    ViewMonthlyReport, PrintMonthlyReport, ExportMonthlyReport,
    CorrectAttendance, ViewFunding, GiveAuthority, WithdrawAuthority, SavePayerTerms,
    DraftExtension, AskForExtension, AnswerExtension, WithdrawExtension, ListExtensions, RemindFunder, SendFunderLink, OpenFunderLink, SendFunderCode, EnterFunderCode,
    OpenNote, SaveNote, DiscardNote, SignNote, AmendNote, RecordWork, TellReferrer,
    ViewMeasures, CorrectScore, RaiseMeasureAlert, EscalateMeasureAlert, AcknowledgeMeasureAlert, LoadWording,
    SendQuestionnaire, ShowQuestionnaire, RevokeQuestionnaire, OpenQuestionnaire, AnswerQuestionnaire, ViewRecovery, PrintRecovery,
    AcknowledgeReport, ChaseReport, AnswerSatisfaction, ViewSatisfaction, SaveFees, PreviewInvoices, IssueInvoice, CreditInvoice, ListInvoices, ViewInvoice, PrintInvoice, ExportInvoice, ViewStatement, ViewPortfolio,
    DiscardReport, ReleaseReport, BeginAmendment, AskAboutReport, AnswerReportQuery, OpenReportCheck, FailReportCheck, AnswerReportCheck,
}

/// <summary>One line of the audit trail. Holds ids and codes, never a name or a diagnosis.</summary>
sealed record AuditRow(Guid Id, DateTimeOffset At, Guid ActorId, Guid OrganisationId, string Action, Guid? ReferralId, Guid? SubjectId, string Detail)
{
    internal static AuditRow Of(Actor actor, DateTimeOffset at, AuditAction action, Guid? referralId, Guid? subjectId, object? detail) =>
        new(Guid.CreateVersion7(at), at, actor.UserId, actor.OrganisationId, EnumText.Of(action), referralId, subjectId, detail is null ? "{}" : PortalJson.Text(detail));

    internal const string InsertMany = """
        insert into audit_entry (id, at, actor_id, organisation_id, action, referral_id, subject_id, detail)
        select id, @at, @actorId, @organisationId, action, referral_id, subject_id, detail::jsonb
        from unnest(@ids, @actions, @referralIds, @subjectIds, @details) row (id, action, referral_id, subject_id, detail)
        """;

    internal static object Arrays(List<AuditRow> rows) => new
    {
        at = rows[0].At,
        actorId = rows[0].ActorId,
        organisationId = rows[0].OrganisationId,
        ids = rows.Select(row => row.Id).ToArray(),
        actions = rows.Select(row => row.Action).ToArray(),
        referralIds = rows.Select(row => row.ReferralId).ToArray(),
        subjectIds = rows.Select(row => row.SubjectId).ToArray(),
        details = rows.Select(row => row.Detail).ToArray(),
    };
}
