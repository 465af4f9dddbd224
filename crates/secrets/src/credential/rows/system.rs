//! Settings of the system and its services.

use super::{Row, doubtful, form, forms, keys, words};

pub(in crate::credential) static ROWS: &[Row] = &[
    doubtful(form(
        "shadow",
        "password hash of an account",
        &[
            "etc/shadow",
            "etc/shadow-",
            "etc/passwd",
            "etc/gshadow",
            "etc/gshadow-",
            "ftpd.passwd",
        ],
        forms::shadow,
    )),
    form(
        "mysql-login-path",
        "MySQL password",
        &[".mylogin.cnf"],
        forms::mylogin,
    ),
    keys(
        "pg-service",
        "PostgreSQL password",
        &["pg_service.conf", ".pg_service.conf"],
        &["=password"],
    ),
    keys(
        "odbc-config",
        "database password of ODBC",
        &["odbc.ini", ".odbc.ini"],
        &["=password", "=pwd"],
    ),
    words(
        "mail-client",
        "mail password",
        &[".msmtprc", "msmtprc", ".fetchmailrc", ".esmtprc"],
        &["password", "passwordeval", "pass"],
    ),
    keys(
        "offlineimap",
        "mail password",
        &[
            ".offlineimaprc",
            ".mbsyncrc",
            "ssmtp/ssmtp.conf",
            "ssmtp.conf",
        ],
        &["=remotepass", "=localpass", "=Pass", "=AuthPass"],
    ),
    form(
        "postfix-passwords",
        "mail relay password",
        &["postfix/sasl_passwd", "sasl_passwd"],
        forms::sasl,
    ),
    form(
        "ppp-secrets",
        "dial-up password",
        &["ppp/chap-secrets", "ppp/pap-secrets"],
        forms::chap,
    ),
    keys(
        "wireless-network",
        "wireless network key",
        &["wpa_supplicant.conf", "*.nmconnection"],
        &["=psk", "=password", "=wep-key0"],
    ),
    keys(
        "smb-credentials",
        "file server password",
        &[".smbcredentials", "*.smbcredentials", "cifs-credentials"],
        &["=password"],
    ),
    form(
        "ldap-secret",
        "directory password",
        &["libnss-ldap.secret", "pam_ldap.secret", "ldap.secret"],
        forms::token,
    ),
    words(
        "name-server-key",
        "key of a name server",
        &["rndc.key", "bind/rndc.key", "ddns.key"],
        &["secret"],
    ),
    form(
        "ansible-vault-password",
        "password of Ansible's vault",
        &[
            ".vault_pass",
            ".vault_pass.txt",
            "vault_pass.txt",
            ".vault_password",
        ],
        forms::token,
    ),
    form(
        "cluster-token",
        "token of a cluster",
        &[
            "rancher/k3s/server/token",
            "rancher/k3s/server/node-token",
            "rancher/rke2/server/token",
            "rancher/rke2/server/node-token",
        ],
        forms::token,
    ),
];

#[cfg(test)]
pub(crate) const EXAMPLES: &[(&str, &str, &str)] = &[
    (
        "etc/shadow",
        "root:$6${}$aaaaaaaaaaaaaaaaaaaaaaaa:19000:0:99999:7:::\n",
        "root:*:19000:0:99999:7:::\nbin:!:19000::::::\nx:!!:1::::::\ny::1::::::\n",
    ),
    (
        "root/.pg_service.conf",
        "[a]\nhost=b\npassword={}\n",
        "[a]\nhost=b\n",
    ),
    ("etc/odbc.ini", "[a]\nPassword = {}\n", "[a]\nPassword = \n"),
    (
        "root/.msmtprc",
        "account a\npassword {}\n",
        "account a\n# password {}\n",
    ),
    (
        "root/.offlineimaprc",
        "[a]\nremotepass = {}\n",
        "[a]\nremoteuser = {}\n",
    ),
    (
        "etc/postfix/sasl_passwd",
        "[smtp.acme.io]:587 app:{}\n",
        "# [smtp.acme.io]:587 app:{}\n",
    ),
    (
        "etc/ppp/chap-secrets",
        "app * \"{}\" *\n",
        "# client server secret\n",
    ),
    (
        "etc/wpa_supplicant/wpa_supplicant.conf",
        "network={\n  psk=\"{}\"\n}\n",
        "network={\n  ssid=\"{}\"\n}\n",
    ),
    (
        "root/.smbcredentials",
        "username=a\npassword={}\n",
        "username=a\n",
    ),
    ("etc/libnss-ldap.secret", "{}", ""),
    (
        "etc/bind/rndc.key",
        "key \"a\" {\n  secret \"{}\";\n};\n",
        "key \"a\" {\n  algorithm x;\n};\n",
    ),
    ("root/.vault_pass", "{}", ""),
    (
        "var/lib/rancher/k3s/server/node-token",
        "K10{}::server:aaaa",
        "",
    ),
];
