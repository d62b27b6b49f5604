DROP INDEX milestones_by_kind;
