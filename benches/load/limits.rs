//! What the machine's database and web framework do alone, measured in the same run.

use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::Arc,
};

use actix_web::{App, HttpResponse, HttpServer, web};

use crate::{
    Args, Outcome,
    database::Database,
    drive,
    scenario::{self, Scenario},
    seed::{Seeded, Tenant, control},
    server::Usage,
};

/// Transactions a second of pgbench.
#[derive(Clone, Copy)]
pub struct Limits {
    /// The statement alone, as a superuser.
    pub bare: Option<f64>,
    /// BEGIN, SET LOCAL, the work and COMMIT as an ordinary role under row-level security.
    pub transaction: f64,
}

/// Serves a constant until killed, and says where.
pub fn serve_constant(body: &Path) -> Outcome {
    let body = web::Bytes::from(std::fs::read(body)?);
    actix_web::rt::System::new().block_on(async move {
        let answer = move || {
            let body = body.clone();
            App::new().default_service(web::to(move || {
                let body = body.clone();
                async move { HttpResponse::Ok().content_type("application/json").body(body) }
            }))
        };
        let server = HttpServer::new(answer).bind(("127.0.0.1", 0))?;
        println!("{}", server.addrs()[0]);
        Ok(server.run().await?)
    })
}

/// Requests a second of the web framework, which answers a page of fifty controls without looking anything up.
pub async fn framework(args: &Args, seeded: &Seeded) -> Outcome<f64> {
    let body = std::env::temp_dir().join(format!("attestd-load-page-{}", std::process::id()));
    std::fs::write(&body, &seeded.page)?;
    let mut process =
        Command::new(std::env::current_exe()?).arg("--constant").arg(&body).stdout(Stdio::piped()).spawn()?;
    let mut address = String::new();
    let said = process.stdout.take().map(|out| BufReader::new(out).read_line(&mut address));
    let measured = async {
        said.ok_or("the constant said nothing")??;
        let list: Scenario = scenario::chosen("list", seeded)?.remove(0);
        drive::drive_at(address.trim(), &list, args, args.span(), None, Usage::default).await
    };
    let measured = measured.await;
    process.kill()?;
    process.wait()?;
    std::fs::remove_file(&body)?;
    Ok(measured?.per_second())
}

/// What the database alone does of the work of a scenario; nothing on SQLite, or where the scenario is no one statement.
pub async fn database(
    args: &Args,
    database: &Database,
    seeded: &Seeded,
    name: &str,
) -> Outcome<Option<Limits>> {
    let Some(superuser) = &database.superuser else { return Ok(None) };
    let Some(works) = seeded.tenants.iter().map(|tenant| work(name, tenant)).collect::<Option<Vec<_>>>()
    else {
        return Ok(None);
    };
    let pairs: Vec<_> = seeded.tenants.iter().zip(works).collect();
    let inside = pairs.iter().map(|(tenant, work)| {
        let id = uuid(&tenant.id);
        format!("BEGIN;\nSET LOCAL attestd.tenant = '{id}';\n{work}\nCOMMIT;\n")
    });
    let transaction = pgbench(args, &database.url, inside.collect()).await?;
    // A create is no one statement.
    let bare = if name == "create" {
        None
    } else {
        Some(pgbench(args, superuser, pairs.iter().map(|(_, work)| format!("{work}\n")).collect()).await?)
    };
    Ok(Some(Limits { bare, transaction }))
}

fn work(name: &str, tenant: &Tenant) -> Option<String> {
    let id = uuid(&tenant.id);
    // One row more than the page tells whether another page follows.
    let list = |filter: &str| {
        format!("SELECT * FROM controls WHERE tenant_id = '{id}'{filter} ORDER BY created_at, id LIMIT 51;")
    };
    Some(match name {
        "list" => list(""),
        "filtered" => list(" AND status = 'implemented'"),
        "get" => {
            let one = uuid(&tenant.controls[tenant.controls.len() / 2]);
            format!("SELECT * FROM controls WHERE tenant_id = '{id}' AND id = '{one}';")
        }
        "create" => create(&id),
        _ => return None,
    })
}

/// The control, and its entry in the journal under the tenant's next number.
fn create(tenant: &str) -> String {
    let row = control(1, "");
    let text = |name: &str| row[name].as_str().unwrap_or_default().replace('\'', "''");
    let (title, description, requirements) = (text("title"), text("description"), &row["requirements"]);
    format!(
        "INSERT INTO controls (tenant_id, id, code, title, description, status, kind, frequency, freshness_days, \
         requirements, topics, aspects, external_refs, version, created_at) VALUES ('{tenant}', gen_random_uuid(), \
         'P-' || gen_random_uuid(), '{title}', '{description}', 'planned', 'detective', 'quarterly', 90, \
         '{requirements}', '[]', '[]', '[]', 1, now());\n\
         WITH head AS (UPDATE journal_heads SET seq = seq + 1 WHERE tenant_id = '{tenant}' RETURNING seq) \
         INSERT INTO journal (tenant_id, seq, at, actor, credential, request_id, event, resource_kind, resource_id, \
         version, after, commitment, salt) SELECT '{tenant}', seq, now(), 'mem_1', 'key_1', 'request', \
         'control.created', 'control', 'ctl_' || seq, 1, '{row}', repeat('a', 64), repeat('b', 32) FROM head;"
    )
}

/// `ten_0198…` as PostgreSQL has it.
fn uuid(id: &str) -> String {
    id.rsplit('_').next().unwrap_or_default().to_owned()
}

async fn pgbench(args: &Args, url: &str, scripts: Vec<String>) -> Outcome<f64> {
    let folder: Arc<PathBuf> =
        Arc::new(std::env::temp_dir().join(format!("attestd-pgbench-{}", std::process::id())));
    std::fs::create_dir_all(&*folder)?;
    let mut command = tokio::process::Command::new("pgbench");
    command.args(["-n", "-M", "prepared", "-j", "1"]);
    command.args(["-c", &args.connections.to_string(), "-T", &args.seconds.to_string()]);
    for (n, script) in scripts.iter().enumerate() {
        let path = folder.join(format!("{n}.sql"));
        std::fs::write(&path, script)?;
        command.arg("-f").arg(path);
    }
    let output = command.arg(url).output().await.map_err(|told| format!("pgbench: {told}"))?;
    std::fs::remove_dir_all(&*folder)?;
    let said = String::from_utf8_lossy(&output.stdout);
    let rate = said.lines().find_map(|line| line.strip_prefix("tps = ")?.split(' ').next()?.parse().ok());
    rate.ok_or_else(|| format!("pgbench: {}", String::from_utf8_lossy(&output.stderr)).into())
}
