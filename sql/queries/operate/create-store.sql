-- no row: makes the database of what is behind the views
CREATE DATABASE IF NOT EXISTS wxlive_store COMMENT 'storage behind the public views'
