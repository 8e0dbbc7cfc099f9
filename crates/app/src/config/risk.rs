//! Settings that can hurt: refused until they are accepted by name, or warned of.

use std::{
    fmt,
    net::IpAddr,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use super::{Config, Source, read};

macro_rules! risks {
    ($($name:ident $code:literal $severity:ident $says:literal $remedy:literal;)*) => {
        /// A way in which settings can hurt.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Risk { $(#[doc = $says] $name,)* }

        impl Risk {
            /// All of them, in the order of the guide.
            pub const ALL: &[Risk] = &[$(Risk::$name),*];

            /// Its name in `accept_risks`.
            pub fn code(self) -> &'static str {
                match self { $(Risk::$name => $code,)* }
            }

            /// What becomes of it.
            pub fn severity(self) -> Severity {
                match self { $(Risk::$name => Severity::$severity,)* }
            }

            /// What is wrong with it.
            pub fn says(self) -> &'static str {
                match self { $(Risk::$name => $says,)* }
            }

            /// What to do instead.
            pub fn remedy(self) -> &'static str {
                match self { $(Risk::$name => $remedy,)* }
            }
        }
    };
}

risks! {
    OpenListen "open-listen" Refused
        "The server can be reached from other machines, and passwords and keys would travel unencrypted."
        "Put a proxy with TLS in front and name it in `public_url`, or listen on 127.0.0.1.";
    NetworkFileSystem "network-file-system" Refused
        "SQLite needs locks and memory shared between processes, which network file systems do not keep."
        "Put the file on a disk of this machine, or use PostgreSQL.";
    ReadableSecrets "readable-secrets" Refused
        "The file of settings has a password in it, and everybody on this machine can read it."
        "`chmod 600` it.";
    ReadableDatabase "readable-database" Warned
        "Everybody on this machine can read the database: customers' names and addresses, and digests of passwords."
        "`chmod 600` it and the files beside it.";
    OpenMetrics "open-metrics" Warned
        "Other machines can read `/metrics` without a key."
        "Let `metrics_listen` be a loopback address, or keep others out by a firewall.";
    PlainPublicUrl "plain-public-url" Warned
        "`public_url` is plain HTTP: passwords and keys travel unencrypted."
        "Let the proxy speak TLS, and name it with `https`.";
    PlainPostgres "plain-postgres" Warned
        "The database is on another machine, and Quartermaster does not encrypt its connection."
        "Use a tunnel or a private network between the two.";
    PrivateWebhooks "private-webhooks" Warned
        "Whoever may set up webhooks can have letters sent into private networks."
        "Turn `allow_private_webhooks` off unless both ends are yours.";
}

/// What becomes of a risk that nobody accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// The server does not start.
    Refused,
    /// The log says it at each start.
    Warned,
}

impl fmt::Display for Risk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// Reads a list of them.
pub fn read(text: &str) -> Result<Vec<Risk>, String> {
    let names = text.split(',').map(str::trim).filter(|name| !name.is_empty());
    names
        .map(|name| {
            let all = || Risk::ALL.iter().map(|risk| risk.code()).collect::<Vec<_>>().join(", ");
            Risk::ALL
                .iter()
                .copied()
                .find(|risk| risk.code() == name)
                .ok_or_else(|| format!("some of {}", all()))
        })
        .collect()
}

/// A risk that is there, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// Which.
    pub risk: Risk,
    /// The setting or file it is in.
    pub place: String,
    /// True where it was accepted by name.
    pub is_accepted: bool,
}

impl Warning {
    /// True where a server does not start with it.
    pub fn is_refused(&self) -> bool {
        self.risk.severity() == Severity::Refused && !self.is_accepted
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} {}", self.place, self.risk.says(), self.risk.remedy())
    }
}

/// The server does not start like this.
#[derive(Debug, thiserror::Error)]
pub struct Refused(Vec<Warning>);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the configuration is too risky")?;
        self.0.iter().try_for_each(|warning| {
            let code = warning.risk.code();
            write!(f, "\n  {warning} To take the risk all the same, name it: `--set accept_risks={code}`.")
        })
    }
}

/// What must be known of files to judge.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// A file system that other machines share, where the SQLite file is on one.
    pub network_file_system: Option<&'static str>,
    /// The SQLite file, where others may read it.
    pub readable_database: Option<PathBuf>,
    /// Files with settings in use that others may read.
    pub readable_settings: Vec<PathBuf>,
}

impl Facts {
    /// As they are on this machine.
    pub fn gather(config: &Config) -> Facts {
        let file = config.sqlite_file();
        let is_readable =
            |path: &Path| path.metadata().is_ok_and(|data| data.permissions().mode() & 0o004 != 0);
        let settings = match config.source("database") {
            Source::File { path, .. } => Some(path).filter(|path| is_readable(path)),
            Source::Default | Source::Environment(_) | Source::CommandLine(_) => None,
        };
        Facts {
            network_file_system: file.as_deref().and_then(network_file_system),
            readable_database: file.filter(|path| is_readable(path)),
            readable_settings: settings.into_iter().collect(),
        }
    }
}

/// What to call the file system of a file, where other machines share it.
fn network_file_system(file: &Path) -> Option<&'static str> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // The numbers of `statfs(2)`.
    match rustix::fs::statfs(folder).ok()?.f_type as u32 {
        0x6969 => Some("NFS"),
        0x517B | 0xFE53_4D42 | 0xFF53_4D42 => Some("SMB"),
        0x5346_414F => Some("AFS"),
        0x00C3_6400 => Some("Ceph"),
        0x0116_1970 => Some("GFS2"),
        0x7461_636F => Some("OCFS2"),
        0x0BD0_0BD0 => Some("Lustre"),
        _ => None,
    }
}

impl Config {
    /// Every risk there is with these settings; `is_server` where they listen.
    pub fn risks(&self, facts: &Facts, is_server: bool) -> Vec<Warning> {
        let mut found = Vec::new();
        let mut is_at = |risk: Risk, place: String| {
            found.push(Warning { risk, place, is_accepted: self.accept_risks.contains(&risk) });
        };
        let setting = |name: &str, shown: String| format!("`{name}` = {shown} ({})", self.source(name));
        let is_open = |ip: IpAddr| !ip.is_loopback();
        let is_behind_tls = self.public_url.as_ref().is_some_and(|url| url.is_https());
        if is_server && is_open(self.listen.ip()) && !is_behind_tls {
            is_at(Risk::OpenListen, setting("listen", self.listen.to_string()));
        }
        if let Some(name) = facts.network_file_system {
            is_at(Risk::NetworkFileSystem, setting("database", format!("a file on {name}")));
        }
        for path in &facts.readable_settings {
            if self.has_password() {
                is_at(Risk::ReadableSecrets, path.display().to_string());
            }
        }
        if let Some(path) = &facts.readable_database {
            is_at(Risk::ReadableDatabase, path.display().to_string());
        }
        if let Some(address) = self.metrics_listen.filter(|address| is_server && is_open(address.ip())) {
            is_at(Risk::OpenMetrics, setting("metrics_listen", address.to_string()));
        }
        if let Some(url) = self.public_url.as_ref().filter(|url| is_server && !url.is_https()) {
            is_at(Risk::PlainPublicUrl, setting("public_url", url.to_string()));
        }
        if let Some(host) = postgres_host(&self.database).filter(|host| !is_this_machine(host)) {
            is_at(Risk::PlainPostgres, setting("database", format!("a server at {host}")));
        }
        if self.allow_private_webhooks {
            is_at(Risk::PrivateWebhooks, setting("allow_private_webhooks", "true".into()));
        }
        found
    }

    /// Every risk there is on this machine, as a server would have it.
    pub fn risks_now(&self) -> Vec<Warning> {
        self.risks(&Facts::gather(self), true)
    }

    /// True where the address of the database has a password in it.
    pub fn has_password(&self) -> bool {
        read::has_password(&self.database)
    }

    /// Says what is risky in the log, and refuses what nobody should run by accident.
    pub fn face_risks(&self) -> Result<(), Refused> {
        let (refused, warned): (Vec<_>, Vec<_>) = self
            .risks_now()
            .into_iter()
            .filter(|warning| !warning.is_accepted)
            .partition(Warning::is_refused);
        for warning in warned {
            tracing::warn!(risk = warning.risk.code(), "{warning}");
        }
        if refused.is_empty() { Ok(()) } else { Err(Refused(refused)) }
    }
}

fn postgres_host(url: &str) -> Option<&str> {
    let rest = url.strip_prefix("postgres://").or_else(|| url.strip_prefix("postgresql://"))?;
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    match host.strip_prefix('[') {
        Some(v6) => v6.split(']').next(),
        None => host.split(':').next(),
    }
}

/// A path of a socket, nothing, or a loopback address.
fn is_this_machine(host: &str) -> bool {
    host.is_empty()
        || host == "localhost"
        || host.to_ascii_lowercase().starts_with("%2f")
        || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(values: &[(&str, &str)], facts: &Facts, expected: &[Risk]) {
        let found = Config::of(values).risks(facts, true);
        assert_eq!(found.iter().map(|warning| warning.risk).collect::<Vec<_>>(), expected, "{values:?}");
    }

    #[test]
    fn c8_settings_that_can_hurt_are_seen() {
        let fine = Facts::default();
        check(&[], &fine, &[]);
        check(&[("listen", "[::1]:80")], &fine, &[]);
        check(&[("listen", "0.0.0.0:80")], &fine, &[Risk::OpenListen]);
        check(&[("listen", "[::]:80")], &fine, &[Risk::OpenListen]);
        check(&[("listen", "0.0.0.0:80"), ("public_url", "https://a.example")], &fine, &[]);
        check(
            &[("listen", "10.0.0.1:80"), ("public_url", "http://a.example")],
            &fine,
            &[Risk::OpenListen, Risk::PlainPublicUrl],
        );
        check(&[("metrics_listen", "0.0.0.0:9090")], &fine, &[Risk::OpenMetrics]);
        check(&[("allow_private_webhooks", "yes")], &fine, &[Risk::PrivateWebhooks]);
        for here in [
            "postgres://me@localhost/a",
            "postgres:///a?host=/run",
            "postgres://%2Frun/a",
            "postgres://[::1]:5/a",
        ] {
            check(&[("database", here)], &fine, &[]);
        }
        check(&[("database", "postgres://me:x@db.example:5432/a")], &fine, &[Risk::PlainPostgres]);
        let shared = Facts { network_file_system: Some("NFS"), ..Facts::default() };
        check(&[], &shared, &[Risk::NetworkFileSystem]);
        let readable = Facts {
            readable_database: Some("quartermaster.db".into()),
            readable_settings: vec!["quartermaster.toml".into()],
            ..Facts::default()
        };
        check(&[], &readable, &[Risk::ReadableDatabase]);
        check(
            &[("database", "postgres://me:x@localhost/a")],
            &readable,
            &[Risk::ReadableSecrets, Risk::ReadableDatabase],
        );
    }

    #[test]
    fn a_risk_is_taken_by_its_name_alone() {
        let open = [("listen", "0.0.0.0:80")];
        let refusal = Config::of(&open).face_risks().unwrap_err().to_string();
        assert!(
            refusal.contains("`listen` = 0.0.0.0:80 (--set)") && refusal.contains("accept_risks=open-listen")
        );
        let accepted = [open[0], ("accept_risks", "open-listen, plain-postgres")];
        Config::of(&accepted).face_risks().unwrap();
        assert!(read("everything").unwrap_err().contains("open-listen"));
    }
}
