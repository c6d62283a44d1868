//! Where passwords are written.

use super::schemes::{ID, is_id};
use crate::bounds;
use crate::fault::Faults;
use crate::institution::{Accounts, DirectoryFile, Institution, Server};

pub(super) fn check(institution: &Institution, faults: &mut Faults) {
    let directories = &institution.directories;
    faults.ensure(!directories.is_empty(), "directories", "names none: where are passwords to be written?");
    let embedded = directories.values().any(|directory| *directory == DirectoryFile::Embedded);
    faults.ensure(
        !embedded || directories.len() == 1,
        "directories",
        "\"embedded\" stands alone: it takes no part in a change elsewhere",
    );
    for (name, directory) in directories {
        let place = format!("directories.{name}");
        faults.ensure(is_id(name), &place, ID);
        faults.ensure(name != "registry", &place, "is the name of the secret that the registry is read with");
        match directory {
            DirectoryFile::Embedded => {}
            DirectoryFile::Ldap(ldap) => {
                let place = format!("{place}.ldap");
                reached(&place, &ldap.server, faults);
                named(&format!("{place}.bind"), &ldap.bind, faults);
                found(&place, &ldap.accounts, faults);
            }
            DirectoryFile::ActiveDirectory(domain) => {
                let place = format!("{place}.active-directory");
                reached(&place, &domain.server, faults);
                named(&format!("{place}.bind"), &domain.bind, faults);
                found(&place, &domain.accounts, faults);
            }
            DirectoryFile::Entra(entra) => {
                for (member, id) in [("tenant", &entra.tenant), ("client", &entra.client)] {
                    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'.';
                    faults.ensure(
                        !id.is_empty() && id.bytes().all(plain),
                        &format!("{place}.entra.{member}"),
                        "must be an id as the Entra admin center shows it",
                    );
                }
            }
        }
    }
}

pub(super) fn reached(place: &str, server: &Server, faults: &mut Faults) {
    let at = |member: &str| format!("{place}.server.{member}");
    let (scheme, host) = server.url.split_once("://").unwrap_or(("", &server.url));
    let (host, port) = host.split_once(':').unwrap_or((host, "636"));
    let sound = !host.is_empty() && !host.contains(['/', '@', ' ']) && port.parse::<u16>().is_ok();
    if !sound || !["ldap", "ldaps"].contains(&scheme) {
        faults.add(at("url"), "must be ldaps:// or ldap://, a host, and perhaps a port");
    } else if (scheme == "ldap") != server.start_tls {
        let reason = if server.start_tls {
            "must begin with ldap:// for `start_tls`"
        } else {
            "must begin with ldaps://, or `start_tls` be true: passwords do not travel in the clear"
        };
        faults.add(at("url"), reason);
    }
    if let Some(file) = &server.ca_file {
        named(&at("ca_file"), file, faults);
    }
    faults.within::<u64>(&at("connect_seconds"), server.connect_seconds, bounds::DIRECTORY_CONNECT_SECONDS);
    faults.within::<u64>(
        &at("operation_seconds"),
        server.operation_seconds,
        bounds::DIRECTORY_OPERATION_SECONDS,
    );
}

fn found(place: &str, accounts: &Accounts, faults: &mut Faults) {
    named(&format!("{place}.accounts.base"), &accounts.base, faults);
    let place = format!("{place}.accounts.attribute");
    faults.ensure(is_attribute(&accounts.attribute), &place, "must be the name of an LDAP attribute");
}

/// Whether it can be the name of an attribute (RFC 4512 section 1.4, `keystring`).
pub(super) fn is_attribute(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

pub(super) fn named(place: &str, value: &str, faults: &mut Faults) {
    faults.line(place, value, 400);
}
