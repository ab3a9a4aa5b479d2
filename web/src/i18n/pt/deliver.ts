export const deliver = {
};
