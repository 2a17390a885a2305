-- While an update rolls through the cluster, a worker of the version before must not build the index that the new one needs.
ALTER TABLE search_jobs ADD COLUMN definition VARCHAR(20);
