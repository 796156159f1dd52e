namespace ReferralPortal.Domain.Referrals;

/// <summary>How far an import is.</summary>
public enum ImportState
{
    /// <summary>It waits for the person to say what is in which column.</summary>
    Columns,
    /// <summary>Its rows are being checked.</summary>
    Checking,
    /// <summary>Checked: rows can be put right and sent.</summary>
    Open,
    /// <summary>Its good rows are being sent.</summary>
    Sending,
    /// <summary>The work stopped, because the person who began it may not go on.</summary>
    Stopped,
}

/// <summary>How one row of an import stands.</summary>
public enum ImportRowState
{
    /// <summary>Not checked yet.</summary>
    Waiting,
    /// <summary>Nothing is wrong with it.</summary>
    Ready,
    /// <summary>Something has to be put right first.</summary>
    Problems,
    /// <summary>The same content was sent before, or stands in the file before it; it is sent again only when the person says so.</summary>
    AlreadySent,
    /// <summary>A safety answer asks for help now: it cannot be sent with the others.</summary>
    Emergency,
    /// <summary>It became a form to be gone through by hand.</summary>
    ByHand,
    /// <summary>It is a referral.</summary>
    Sent,
}
