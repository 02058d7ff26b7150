export async function data() {}
