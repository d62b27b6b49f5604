//! What a crash leaves behind: uploads without an end, and files without a row.

use std::{path::Path as Folder, time::SystemTime};

use chrono::{DateTime, Utc};
use futures_util::{StreamExt, TryStreamExt, stream::BoxStream};
use object_store::{Error as StoreError, ObjectStoreExt};
use tokio::sync::RwLockWriteGuard;

use super::{Files, Sum, receive::UPLOADS, unavailable};
use crate::kernel::{error::Result, id::TenantId};

impl Files {
    /// Removes uploads of other runs that were last written before `before`; tells how many.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn sweep_uploads(&self, before: SystemTime) -> Result<usize> {
        if let Some(folder) = self.0.place.folder.clone() {
            let run = self.0.run.clone();
            let swept =
                tokio::task::spawn_blocking(move || sweep_folder(&folder.join(UPLOADS), &run, before));
            return swept.await.map_err(crate::kernel::error::Error::internal);
        }
        let uploads = self.0.place.path(&[UPLOADS]);
        let before = DateTime::<Utc>::from(before);
        let mut found = self.store().list(Some(&uploads));
        let mut removed = 0;
        while let Some(upload) = found.try_next().await.map_err(unavailable)? {
            let own = upload.location.filename().is_some_and(|name| name.starts_with(&self.0.run));
            if !own && upload.last_modified < before {
                self.remove(&upload.location).await?;
                removed += 1;
            }
        }
        Ok(removed)
    }

    /// The tenants that have files.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn tenants(&self) -> Result<Vec<TenantId>> {
        let root = self.0.place.path(&[]);
        let found = self.store().list_with_delimiter(Some(&root)).await.map_err(unavailable)?;
        let names = found.common_prefixes.iter().filter_map(|path| path.filename()?.parse().ok());
        Ok(names.collect())
    }

    /// The digests of a tenant's files that were last written before `before`.
    pub fn older(&self, tenant: TenantId, before: SystemTime) -> BoxStream<'static, Result<Sum>> {
        let (folder, before) = (self.0.place.path(&[&tenant.to_string()]), DateTime::<Utc>::from(before));
        let found = self.store().list(Some(&folder)).map_err(unavailable);
        found
            .try_filter_map(move |file| async move {
                let old = file.last_modified < before;
                Ok(file.location.filename().filter(|_| old).and_then(|name| name.parse().ok()))
            })
            .boxed()
    }

    /// Keeps new files from getting their address while it is decided which to remove.
    pub async fn sweeping(&self) -> RwLockWriteGuard<'_, ()> {
        self.0.settling.write().await
    }

    /// Removes a file that no row names, unless it was written again after `before`.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn forget(&self, tenant: TenantId, sum: Sum, before: SystemTime) -> Result<bool> {
        let address = self.address(tenant, sum);
        let still = match self.store().head(&address).await {
            Ok(file) => file.last_modified < DateTime::<Utc>::from(before),
            Err(StoreError::NotFound { .. }) => false,
            Err(error) => return Err(unavailable(error)),
        };
        if still {
            self.remove(&address).await?;
        }
        Ok(still)
    }

    async fn remove(&self, path: &object_store::path::Path) -> Result<()> {
        match self.store().delete(path).await {
            Ok(()) | Err(StoreError::NotFound { .. }) => Ok(()),
            Err(error) => Err(unavailable(error)),
        }
    }
}

/// A cut upload lies beside its temporary name under one that the store does not list.
fn sweep_folder(uploads: &Folder, run: &str, before: SystemTime) -> usize {
    let old = |entry: &std::fs::DirEntry| {
        let own = entry.file_name().to_string_lossy().starts_with(run);
        let written = entry.metadata().and_then(|facts| facts.modified());
        !own && written.is_ok_and(|at| at < before)
    };
    let found = std::fs::read_dir(uploads).into_iter().flatten().filter_map(std::result::Result::ok);
    found.filter(old).filter(|entry| std::fs::remove_file(entry.path()).is_ok()).count()
}
