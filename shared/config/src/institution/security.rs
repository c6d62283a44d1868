//! What passwords must be, limits, and what is kept for how long.

#[cfg(feature = "schema")]
use crate::bounds;
use recupmail_domain::limits::Limits;
use serde::Deserialize;

/// What a password must be.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Password {
    /// Characters at least: 12, or 8 where every profile requires two methods.
    #[cfg_attr(feature = "schema", schemars(range(
        min = bounds::PASSWORD_MIN.least, max = bounds::PASSWORD_MIN.most)))]
    pub min: i64,
    /// Characters at most.
    #[cfg_attr(feature = "schema", schemars(range(
        min = bounds::PASSWORD_MAX.least, max = bounds::PASSWORD_MAX.most)))]
    pub max: i64,
    /// Of the classes upper case, lower case, digits and others, at least so many.
    #[cfg_attr(feature = "schema", schemars(range(
        min = bounds::PASSWORD_CLASSES.least, max = bounds::PASSWORD_CLASSES.most)))]
    pub classes: i64,
    /// Whether characters beyond ASCII are taken; Microsoft 365 refuses them.
    #[serde(default)]
    pub unicode: bool,
}

/// How long what is kept, and which contacts are trusted.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema, serde::Serialize))]
#[serde(default, deny_unknown_fields)]
pub struct Privacy {
    /// Days for which audit records are kept.
    #[cfg_attr(feature = "schema", schemars(range(
        min = bounds::AUDIT_DAYS.least, max = bounds::AUDIT_DAYS.most)))]
    pub audit_days: i64,
    /// Days for which a contact that an import changed is too new to be sent a code; 0 trusts it at once.
    #[cfg_attr(feature = "schema", schemars(range(
        min = bounds::FRESH_CONTACT_DAYS.least, max = bounds::FRESH_CONTACT_DAYS.most)))]
    pub fresh_contact_days: i64,
}

impl Default for Privacy {
    fn default() -> Self {
        Self { audit_days: 395, fresh_contact_days: 0 }
    }
}

/// Limits that differ from the defaults.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema, serde::Serialize))]
#[serde(default, deny_unknown_fields)]
pub struct LimitsFile {
    /// Minutes for which a sent code is good.
    #[cfg_attr(feature = "schema", schemars(range(
        min = bounds::CODE_LIFE_MINUTES.least, max = bounds::CODE_LIFE_MINUTES.most)))]
    pub code_life_minutes: i64,
    /// Minutes from identification to the end of the session, whatever happens in between.
    #[cfg_attr(feature = "schema", schemars(range(
        min = bounds::SESSION_LIFE_MINUTES.least, max = bounds::SESSION_LIFE_MINUTES.most)))]
    pub session_life_minutes: i64,
    /// Different codes that may be tried per method.
    #[cfg_attr(feature = "schema", schemars(range(
        min = bounds::GUESSES.least, max = bounds::GUESSES.most)))]
    pub guesses: i64,
    /// Identifications per value of an anchor field and day, right or wrong.
    #[cfg_attr(feature = "schema", schemars(range(
        min = bounds::IDENTIFICATIONS.least, max = bounds::IDENTIFICATIONS.most)))]
    pub identifications: i64,
    /// Recoveries that a person may begin before one succeeds.
    #[cfg_attr(feature = "schema", schemars(range(
        min = bounds::STARTS_SINCE_SUCCESS.least, max = bounds::STARTS_SINCE_SUCCESS.most)))]
    pub starts_since_success: i64,
    /// Recoveries that a person may begin in a day.
    #[cfg_attr(feature = "schema", schemars(range(
        min = bounds::STARTS_PER_DAY.least, max = bounds::STARTS_PER_DAY.most)))]
    pub starts_per_day: i64,
    /// Sends to one contact per recovery.
    #[cfg_attr(feature = "schema", schemars(range(
        min = bounds::SENDS_PER_CONTACT.least, max = bounds::SENDS_PER_CONTACT.most)))]
    pub sends_per_contact: i64,
    /// Seconds to wait after the first, second and every later send to a contact; they must not fall.
    #[cfg_attr(feature = "schema", schemars(inner(range(
        min = bounds::SEND_SPACING_SECONDS.least, max = bounds::SEND_SPACING_SECONDS.most))))]
    pub send_spacing_seconds: [i64; 3],
    /// Sends per recovery.
    #[cfg_attr(feature = "schema", schemars(range(
        min = bounds::SENDS_PER_CHALLENGE.least, max = bounds::SENDS_PER_CHALLENGE.most)))]
    pub sends_per_challenge: i64,
    /// E-mails to one address, whoever it belongs to.
    pub emails: HourAndDay,
    /// SMS and calls to one number, whoever it belongs to.
    pub sms: HourAndDay,
    /// SMS and calls of the whole institution in a day: at least so many. Raise it for a rush.
    #[cfg_attr(feature = "schema", schemars(range(
        min = bounds::INSTITUTION_SMS_PER_DAY.least, max = bounds::INSTITUTION_SMS_PER_DAY.most)))]
    pub sms_per_day: i64,
    /// And at least so many for each hundred people in the registry.
    #[cfg_attr(feature = "schema", schemars(range(
        min = bounds::INSTITUTION_SMS_PERCENT.least, max = bounds::INSTITUTION_SMS_PERCENT.most)))]
    pub sms_per_day_percent: i64,
    /// Identifications from one network (IPv4 address, IPv6 /64) in ten minutes.
    #[cfg_attr(feature = "schema", schemars(range(
        min = bounds::NETWORK_STARTS.least, max = bounds::NETWORK_STARTS.most)))]
    pub network_starts: i64,
    /// Failed ones among these.
    #[cfg_attr(feature = "schema", schemars(range(
        min = bounds::NETWORK_FAILURES.least, max = bounds::NETWORK_FAILURES.most)))]
    pub network_failures: i64,
    /// Different contacts that may be typed per recovery.
    #[cfg_attr(feature = "schema", schemars(range(
        min = bounds::TYPED_CONTACTS.least, max = bounds::TYPED_CONTACTS.most)))]
    pub typed_contacts: i64,
}

/// How many in an hour and in a day.
#[derive(Clone, Copy, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema, serde::Serialize))]
#[serde(deny_unknown_fields)]
pub struct HourAndDay {
    /// In an hour.
    pub hour: i64,
    /// In a day.
    pub day: i64,
}

impl Default for LimitsFile {
    /// The rules' own defaults.
    fn default() -> Self {
        let limits = Limits::default();
        let seconds = |duration: std::time::Duration| i64::try_from(duration.as_secs()).unwrap_or(i64::MAX);
        let hour_and_day = |(hour, day): (u32, u32)| HourAndDay { hour: hour.into(), day: day.into() };
        Self {
            code_life_minutes: seconds(limits.code_life) / 60,
            session_life_minutes: seconds(limits.session_life) / 60,
            guesses: limits.guesses,
            identifications: limits.identifications.into(),
            starts_since_success: limits.starts_since_success.into(),
            starts_per_day: limits.starts_per_day.into(),
            sends_per_contact: limits.sends_per_contact,
            send_spacing_seconds: limits.send_spacing.map(seconds),
            sends_per_challenge: limits.sends_per_challenge,
            emails: hour_and_day(limits.emails),
            sms: hour_and_day(limits.sms),
            sms_per_day: limits.sms_per_day.into(),
            sms_per_day_percent: limits.sms_per_day_percent.into(),
            network_starts: limits.network_starts.into(),
            network_failures: limits.network_failures.into(),
            typed_contacts: limits.typed_contacts,
        }
    }
}
