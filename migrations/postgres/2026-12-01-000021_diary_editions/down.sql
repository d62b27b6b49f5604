DROP TABLE diary_editions;
