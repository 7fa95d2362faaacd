/** The file of a local state, beside the main config file. */
export const defaultStateFile = "chatform.state.json";
