using ReferralPortal.Domain.Funding;

namespace ReferralPortal.Web.Features.Funding.Extensions;

/// <summary>A payer was asked for more sessions.</summary>
public sealed record ExtensionAsked(Guid ReferralId, Guid RequestId);

/// <summary>A moment of the answer's clock has come: 1 half of the time, 2 the last day, 3 it is over.</summary>
public sealed record ExtensionDue(Guid ReferralId, Guid RequestId, int Step);

/// <summary>A payer that has not answered is reminded.</summary>
public sealed record ExtensionReminded(Guid ReferralId, Guid RequestId);

/// <summary>The time for the answer is over, and there is none.</summary>
public sealed record ExtensionOverdue(Guid ReferralId, Guid RequestId);

/// <summary>A payer has answered, or its silence counts as an answer.</summary>
public sealed record ExtensionAnswered(Guid ReferralId, Guid RequestId, ExtensionState State);

/// <summary>The clinic took a request back.</summary>
public sealed record ExtensionWithdrawn(Guid ReferralId, Guid RequestId);
