-- no row: makes the database of the public views
CREATE DATABASE IF NOT EXISTS wxlive COMMENT 'public views of wxlive'
