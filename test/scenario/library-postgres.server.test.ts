/** Every scenario that ships ends as it is designed to end: those whose turn it is on PostgreSQL. */
import { endsAsDesigned } from "../support/library.ts";

endsAsDesigned("postgres");
