//! The same company once more: with other rules, after a fall, from its backup.

use super::*;

impl Story {
    /// The same company, which files orders later by this rule.
    pub fn filing(self, later: Later) -> Story {
        let (outside, policy) = (self.outside.clone(), Policy::default());
        let flows = Flows::start_filing(later, self.runtime.beside(), outside, policy);
        Story { flows, ..self }
    }

    /// The same company, which is for show.
    pub fn for_show(self) -> Story {
        let flows = self.flows.clone().for_show();
        Story { flows, ..self }
    }

    /// The company after its process was killed and begun again: what was only in memory is gone.
    pub fn falls_and_rises(self) -> Story {
        self.filing(Later::default())
    }

    /// The company as its backup of this moment comes back in another database on the same engine, while this one goes
    /// on. The parties outside are the same, and remember.
    pub async fn backed_up(&self) -> Restored {
        let (file, made_at) = (tempfile::tempdir().expect("there is room for a file"), self.runtime.now());
        let path = file.path().join("backup");
        let out = std::fs::File::create(&path).expect("a file can be made");
        db::backup::write(&self.runtime.db, Box::new(out), made_at)
            .await
            .expect("everything can be backed up");
        let target = self.db.empty_beside().await.expect("there is room for another database");
        let saved = std::fs::File::open(&path).expect("the backup is there");
        runtime::restore(&target, Box::new(std::io::BufReader::new(saved))).await.expect("it is whole");
        Restored { db: target, made_at }
    }

    /// The company goes on from what was restored, at the time it is by now.
    pub async fn goes_on_from(&self, restored: Restored) -> Story {
        let clock = Clock::manual(self.runtime.now().max(restored.made_at));
        let runtime =
            Runtime::new((*restored.db).clone(), clock, self.organisation.organisation_id.clone(), Some(8));
        let flows = Flows::start(runtime, self.outside.clone(), Policy::default());
        Story {
            flows,
            organisation: self.organisation.clone(),
            merchant_id: self.merchant_id.clone(),
            db: restored.db,
        }
    }
}
